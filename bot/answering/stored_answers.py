"""Questions and answers as the JSON that is stored: what a retry asks again, and what a version showed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.conversation.question_text import add_remembered_files
from bot.domain.answer import Answer, StoredTexts, TurnUpdate
from bot.domain.attachments import AttachedFile
from bot.domain.content import Button, Buttons, Card, Chunk, Image
from bot.domain.conversation import Retried
from bot.domain.errors import DatabaseUnavailable
from bot.domain.question import MAX_QUOTE_CHARS, Caption, Question, Quote, Thread
from bot.domain.stores import AnswerStore
from bot.streaming.answer_text import text_of
from bot.strings.notices import answers_wording


def write_question(question: Question) -> str:
    """Return a question as JSON, without asker, channel and time, which are stored beside it."""
    kept = {
        "text": question.text,
        "quote": None if question.quote is None else _write_quote(question.quote),
        "files": [asdict(file) for file in question.files],
        "attachments": list(question.attachments),
        "jump": question.jump,
        "caption": None if question.caption is None else asdict(question.caption),
        "private": question.location.is_private,
        "thread": None if question.thread is None else _write_thread(question.thread),
        "name": question.name,
        "chosen": question.chosen,
    }
    kept = {name: value for name, value in kept.items() if value}
    return json.dumps(kept if question.newest is None else kept | {"newest": question.newest})


def read_question(wording: str, answer: Answer, provider: str | None) -> Question:
    """Return the question that `answer` answers, for `provider`, or the channel's if that is None."""
    kept = json.loads(wording)
    return Question(
        id=answer.question_id,
        location=replace(answer.location, visible_only_to=answer.asker) if kept.get("private") else answer.location,
        asker=answer.asker,
        by_message=answer.by_message,
        text=kept.get("text", ""),
        quote=_read_quote(kept["quote"]) if "quote" in kept else None,
        files=tuple(AttachedFile(**file) for file in kept.get("files", ())),
        attachments=tuple(kept.get("attachments", ())),
        provider=provider,
        jump=kept.get("jump"),
        caption=_read_caption(kept),
        thread=_read_thread(kept["thread"]) if "thread" in kept else None,
        name=kept.get("name", ""),
        newest=kept.get("newest"),
        chosen=kept.get("chosen"),
    )


def write_pieces(pieces: Iterable[Chunk]) -> str:
    """Return an answer's pieces as JSON; texts that follow one another become one.

    All that is not ASCII is escaped, so no database gets half a surrogate pair, and a pair that arrived in two pieces
    is whole when it is read.
    """
    kept: list[Any] = []
    for piece in pieces:
        if not isinstance(piece, str):
            kept.append({type(piece).__name__: asdict(piece)})
        elif kept and isinstance(kept[-1], list):
            kept[-1].append(piece)
        else:
            kept.append([piece])
    return json.dumps(["".join(each) if isinstance(each, list) else each for each in kept])


def read_pieces(wording: str) -> Sequence[Chunk]:
    """Return the pieces that `write_pieces` wrote."""
    return [piece if isinstance(piece, str) else _read_rich(piece) for piece in json.loads(wording)]


def read_button(wording: str, token: str) -> Button | None:
    """Return the first button with this token among an answer's pieces; None if there is none.

    Nothing else is parsed, since an answer may have megabytes. What is searched for cannot be in an answer's text,
    where quotes are escaped.
    """
    at = wording.find(f'"token": {json.dumps(token)}')
    if at < 0:
        return None
    begin = wording.rindex('{"title": ', 0, at)
    return Button(**json.JSONDecoder().raw_decode(wording, begin)[0])


def _write_quote(quote: Quote) -> dict[str, Any]:
    """Return a quotation for JSON; most are of ordinary messages, which is not said. Ids are text, as in an export."""
    kept = asdict(quote) | {"author_id": str(quote.author_id)}
    return {name: value for name, value in kept.items() if (name, value) not in _USUAL_OF_QUOTES}


_USUAL_OF_QUOTES = (("kind", "message"), ("author_id", "0"))


def _read_quote(kept: dict[str, Any]) -> Quote:
    return Quote(**(kept | {"author_id": int(kept.get("author_id", 0))}))


def _write_thread(thread: Thread) -> dict[str, Any]:
    return asdict(thread) | {"starter": None if thread.starter is None else _write_quote(thread.starter)}


def _read_thread(kept: dict[str, Any]) -> Thread:
    starter = None if kept["starter"] is None else _read_quote(kept["starter"])
    return Thread(**(kept | {"starter": starter}))


def _read_caption(kept: dict[str, Any]) -> Caption | None:
    if (about := kept.get("about")) is not None:  # before questions had captions
        return Caption("", about["asked"], about["link"])
    return Caption(**kept["caption"]) if "caption" in kept else None


def _read_rich(kept: dict[str, Any]) -> Chunk:
    [(kind, fields)] = kept.items()
    if kind == "Image":
        return Image(**fields)
    fields["buttons"] = tuple(Button(**button) for button in fields["buttons"])
    return Card(**fields) if kind == "Card" else Buttons(**fields)


@dataclass(frozen=True, slots=True)
class Version:
    """A run's texts. `reworded` is the turn that the history keeps of it, None if it keeps none."""

    number: int
    question: Question
    pieces: Sequence[Chunk]
    notices: Sequence[str]
    reworded: TurnUpdate | None


async def read_version(answer_store: AnswerStore, answer: Answer, number: int) -> Version | None:
    """Return the texts of the run with this number, None if it is not or no longer a version.

    Raises `DatabaseUnavailable`.
    """
    run = answer.run(number)
    wording = await answer_store.wording(answer.id, number) if run is not None else None
    if run is None or wording is None or wording.answer is None:
        return None
    question, pieces = read_question(wording.question, answer, run.provider), read_pieces(wording.answer)
    reworded = None
    if run.turn is not None and run.outcome == "whole":
        asked = add_remembered_files(question.compose(), question.files)
        reworded = TurnUpdate(run.turn, asked, text_of(pieces))
    return Version(number, question, pieces, wording.notices, reworded)


def find_retried(
    earlier: Answer | None, shown: StoredTexts | None, question: Question, provider: str
) -> Retried | None:
    """Return what `question` is asked again for, None if the history with this provider never had the answer.

    `shown` are the texts of the version that is shown, None if none is.
    """
    turn = None if earlier is None else earlier.turn_with(provider)
    if earlier is None or turn is None:
        return None
    run = earlier.run(earlier.shown)
    if run is None or shown is None or run.provider != provider or run.turn is None or run.outcome != "whole":
        return Retried(turn)
    is_same = read_question(shown.question, earlier, None).text == question.text
    return Retried(turn, run.receipt.answer_id if is_same else "")


async def quote_answer(
    answer_store: AnswerStore,
    message: int,
    labels: Mapping[str, str],
    opted_out: Callable[[int], bool] = lambda _: False,
) -> Quote | None:
    """Return the answer that this message shows as a quotation, None if there is none or the database does not say.

    So it is if its asker `opted_out`. `labels` has the providers' names for people. No more is returned than is sent.
    """
    try:
        answer = await answer_store.answer_in(message)
        version = None if answer is None else await read_version(answer_store, answer, answer.shown)
    except DatabaseUnavailable:
        return None
    if answer is None or opted_out(answer.asker) or version is None or not (text := text_of(version.pieces)):
        return None
    return Quote(labels.get(answer.shown_provider, answer.shown_provider), text[: MAX_QUOTE_CHARS + 1])


async def name_wording(answer_store: AnswerStore, answer: Answer, version: Version) -> Sequence[str]:
    """Return the notice that says which wording of its question a version answers, if that is not the newest.

    Raises `DatabaseUnavailable`.
    """
    newest = await newest_text(answer_store, answer)
    return () if newest is None else which_wording(version.question.text, newest)


async def newest_text(answer_store: AnswerStore, answer: Answer) -> str | None:
    """Return what the question's message says, as far as the newest run tells; None if it is not kept.

    Raises `DatabaseUnavailable`.
    """
    newest = await answer_store.wording(answer.id, answer.runs[-1].number)
    return None if newest is None else read_question(newest.question, answer, None).newest_text


def which_wording(answered: str, newest: str) -> Sequence[str]:
    """Return the notice that says which wording of a question was answered, if it is not the newest one."""
    return () if answered == newest else (answers_wording(answered),)
