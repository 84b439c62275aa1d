"""`make screenshots` still takes the README's pictures, whatever the bot does by now."""

from pathlib import Path

import pytest

from tests.sandbox.page.screenshots import take


@pytest.mark.usefixtures("chromium")
async def test_the_pictures_can_be_taken(tmp_path: Path) -> None:
    pictures = await take(tmp_path)
    assert [picture.name for picture in pictures] == ["page-light.png", "page-dark.png"]
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)
