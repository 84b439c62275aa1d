"""A request that an API's document does not allow, and what is answered instead."""

from collections.abc import Mapping


class Refusal(Exception):
    """A request that the API's document does not allow."""

    def __init__(
        self,
        status: int,
        text: str,
        document: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """`document` is the body; None: the API's error document for this status and text."""
        super().__init__(status, text)
        self.status = status
        self.text = text
        self.document = document
        self.headers = headers or {}
