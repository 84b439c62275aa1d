"""The documents' own sample clients, taken out of the documents when the tests run."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).resolve().parents[3].parent / "shared" / "reference" / "provider-docs"


@dataclass(frozen=True)
class Sample:
    """One program as its document prints it."""

    code: str

    def aimed(self, *changes: tuple[str, str]) -> str:
        """Return the code with each text replaced; what is not there to be replaced fails the test."""
        code = self.code
        for printed, ours in changes:
            assert printed in code, f"the sample has no {printed!r}"
            code = code.replace(printed, ours)
        return code


def read_document(name: str) -> str:
    """Return one provider's document; skips the test if the documents are not at hand."""
    path = DOCUMENTS / f"{name}.txt"
    if not path.exists():
        pytest.skip(f"the document {path.name} is not beside this checkout (shared/reference/provider-docs)")
    return path.read_text()


def find(name: str, pattern: str, place: int = 0) -> Sample:
    """Return a document's `place`th match of the pattern (dot matches line ends, ^ and $ match at lines)."""
    found = re.findall(pattern, read_document(name), re.DOTALL | re.MULTILINE)
    assert len(found) > place, f"{name}.txt has {len(found)} such samples"
    return Sample(found[place])


def chatbase_fetch(*, stream: bool) -> Sample:
    """Return Chatbase's JavaScript client."""
    return find("chatbase", r"^const response = await fetch.*?(?=^import requests)", int(stream))


def chatbase_python(*, stream: bool) -> Sample:
    """Return Chatbase's Python client."""
    return find("chatbase", r"^import requests.*?(?=^curl |^Saving)", int(stream))


def chatbase_curl() -> Sample:
    """Return Chatbase's curl command."""
    return find("chatbase", r"^curl .*?^\}'$")


def stammer_python() -> Sample:
    """Return Stammer.ai's Python client."""
    return find("stammer", r"^```python\n(.*?)^```$")


def tamako_address() -> Sample:
    """Return Tamako's request, which is an address."""
    return find("tamako", r"^ *(https://api\.tamako\.tech/api/chat\?\S+)$")


def chatbot_curl() -> Sample:
    """Return ChatBot.com's curl command, whose address the document lost."""
    return find("chatbot", r"^curl .*?\}'$")
