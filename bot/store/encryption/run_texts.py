"""What a run says, as it is stored: encrypted for its row of `texts`."""

import json

from bot.domain.answer import RunResult
from bot.domain.secrets.cipher import Cipher
from bot.store.encrypted_columns import RUN_CONTENT, RUN_NOTICES, RUN_QUESTION

RunTexts = tuple[str, str | None, tuple[str, ...]]
"""A run's question, its wording (None if it is no version), and its notices."""


def encrypt_question(cipher: Cipher, answer: str, number: int, wording: str) -> dict[str, str]:
    """Return the columns of a run that begins."""
    key = (answer, number)
    return {
        "question": RUN_QUESTION.encrypt(cipher, wording, key),
        "notices": RUN_NOTICES.encrypt(cipher, "[]", key),
    }


def encrypt_result(cipher: Cipher, answer: str, number: int, ended: RunResult) -> dict[str, str | None]:
    """Return the columns of a run that has ended, but for its question."""
    key, wording = (answer, number), ended.wording
    return {
        "content": None if wording is None else RUN_CONTENT.encrypt(cipher, wording, key),
        "notices": RUN_NOTICES.encrypt(cipher, json.dumps(ended.notices), key),
    }


def decrypt_texts(
    cipher: Cipher, answer: str, number: int, question: str, content: str | None, notices: str
) -> RunTexts | None:
    """Return what the columns say, None if any of them cannot be read."""
    key = (answer, number)
    asked, listed = RUN_QUESTION.decrypt(cipher, question, key), RUN_NOTICES.decrypt(cipher, notices, key)
    wording = None if content is None else RUN_CONTENT.decrypt(cipher, content, key)
    if asked is None or listed is None or (wording is None and content is not None):
        return None
    return asked, wording, tuple(json.loads(listed))
