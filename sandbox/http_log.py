"""The log of the sandbox's HTTP servers: their own errors, and not what a client wrote wrongly."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError


def _is_own(record: logging.LogRecord) -> bool:
    """Whether an error is the sandbox's: aiohttp writes a traceback for what is no HTTP or packed wrongly, too."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, (HttpProcessingError, web.RequestPayloadError))


HTTP_LOG = logging.getLogger("sandbox.http")
"""For `logger` of every runner and server: such a request is answered with 400, and that is all."""

HTTP_LOG.addFilter(_is_own)
