"""The end of a gateway connection, as an exception (reference, "Gateway Close Event Codes")."""


class Closed(Exception):
    """The connection must be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason
