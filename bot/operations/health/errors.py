"""Why the operator's view cannot be served; imported also by a program that serves none."""

import errno


class PortUnavailable(Exception):
    """Nothing can be served on the port; the text is the one line to show, and names the setting."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        self.is_in_use = error.errno == errno.EADDRINUSE
        super().__init__(_explain(host, port, error))


def _explain(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"PORT: another program uses {port} on {host}; choose another port (each CLUSTER_ID on a machine "
                "needs its own), or stop that program"
            )
        case errno.EACCES | errno.EPERM:
            return f"PORT: this user may not use {port}; choose one above 1023"
    return f"HOST: {host!r} is no address of this machine; 127.0.0.1 and 0.0.0.0 always are"
