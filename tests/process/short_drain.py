"""Runs `python -m bot` with a shorter wait for answers in flight, so that a test need not wait ten seconds."""

import sys

from bot import __main__ as program

SHORT_DRAIN_SECONDS = 1.0
"""Seconds, in place of the program's own `DRAIN_SECONDS`."""

if __name__ == "__main__":
    program.DRAIN_SECONDS = SHORT_DRAIN_SECONDS
    sys.exit(program.main())
