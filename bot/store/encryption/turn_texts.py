"""What a turn says, as it is stored: encrypted for its row of `turns`."""

from typing import Any

from sqlalchemy import Row

from bot.domain.conversation_key import ConversationKey
from bot.domain.secrets.cipher import Cipher
from bot.store.encrypted_columns import TURN_ANSWER, TURN_NAME, TURN_QUESTION, Key

TurnTexts = tuple[str, str, str]
"""A turn's question, its answer, and what the asker was called."""


def turn_key(key: ConversationKey, position: int) -> Key:
    """Return what names a turn in a conversation; `position` is its own."""
    return (key.channel, key.kind, key.person, position)


def encrypt_name(cipher: Cipher, name: str, key: Key) -> dict[str, str]:
    """Return the column of what the asker was called."""
    return {"name": TURN_NAME.encrypt(cipher, name, key)}


def encrypt_turn(cipher: Cipher, question: str, answer: str, key: Key) -> dict[str, str]:
    """Return the columns of what was asked and answered."""
    return {
        "question": TURN_QUESTION.encrypt(cipher, question, key),
        "answer": TURN_ANSWER.encrypt(cipher, answer, key),
    }


def decrypt_turn(cipher: Cipher, row: Row[*tuple[Any, ...]], key: Key) -> TurnTexts | None:
    """Return what a row of `turns` says, None if any of it cannot be read."""
    question = TURN_QUESTION.decrypt(cipher, row.question, key)
    answer = TURN_ANSWER.decrypt(cipher, row.answer, key)
    name = TURN_NAME.decrypt(cipher, row.name, key)
    return None if question is None or answer is None or name is None else (question, answer, name)
