"""What `encrypt-texts` and `rotate-keys` say is as long as it needs to be, and agrees with its numbers."""

import pytest

from bot.strings.host import encrypting as say


@pytest.mark.parametrize(
    ("done", "lost", "begins"),
    [
        (0, 36, "36 texts can't be read with the keys in SECRET_KEY, and stay as they are: 36 in turns.name."),
        (0, 1, "1 text can't be read with the keys in SECRET_KEY, and stays as it is: 1 in turns.name."),
        (2, 1, "Encrypted 2 texts; 1 text can't be read"),
    ],
)
def test_unreadable_texts_come_after_what_was_done_if_anything_was(done: int, lost: int, begins: str) -> None:
    assert say.unreadable(done, {"turns.name": lost}).startswith(begins)
