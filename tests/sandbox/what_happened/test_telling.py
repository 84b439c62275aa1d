"""The sentence, the picture's lanes and the table of one run."""

import time

from hypothesis import given
from hypothesis import strategies as st

from sandbox.apis import Outcome
from sandbox.page.what_happened.facts import Act, Kind, Run, Write
from sandbox.page.what_happened.lanes import MAX_MARKS, MAX_POINTS, draw_lanes, thin
from sandbox.page.what_happened.rows import MAX_ROWS, tell_rows
from sandbox.page.what_happened.summary import summarise
from tests.sandbox.what_happened.facts import ASKED, create, edit, refused, request, run

USUAL = run([request()], [create(0.6), edit(1.0), edit(2.1, 190)])
SIMPLE = str.maketrans({"\u00a0": " "})


def sentence(told: Run) -> str:
    return summarise(told).translate(SIMPLE)


def rows(told: Run) -> list[tuple[str, ...]]:
    return [tuple(row[key].translate(SIMPLE) for key in ("at", "who", "what")) for row in tell_rows(told)]


def test_the_sentence_says_who_waited_how_long() -> None:
    assert sentence(USUAL) == (
        "Chatbase took 1.9 s to answer. Readers saw the first words after 0.6 s and all of it after 2.1 s, in 1 "
        "message with 2 edits."
    )


def test_the_sentence_of_what_is_not_over() -> None:
    asked = run([request(arrivals=(), ended_at=None, outcome=Outcome.RUNNING)], running=True, now=1.0)
    assert sentence(asked) == "Chatbase is answering. Readers have seen nothing yet."
    writing = run([request(ended_at=None, outcome=Outcome.RUNNING)], [create(0.6)], running=True, now=1.0)
    assert sentence(writing).startswith(
        "Chatbase is answering. Readers have seen words since 0.6 s, in 1 message so far."
    )


def test_the_sentence_of_what_went_wrong() -> None:
    assert sentence(run([request(status=500)], [create(0.7)])).startswith(
        "Chatbase failed with status 500. Readers saw"
    )
    assert sentence(run([request(outcome=Outcome.CUT)])).startswith("Chatbase broke off its answer.")
    assert sentence(run()) == "No local chat API was asked for this. Readers saw no text."
    told = sentence(run([request()], [create(0.5), refused(1.0, 2.0), edit(3.2)]))
    assert told.endswith("Discord refused 1 request, and words waited up to 1.2 s to be shown.")


def test_the_table_has_everything_in_order() -> None:
    assert rows(USUAL) == [
        ("0.00 s", "People", "Alice asks"),
        ("0.1 s", "Chatbase", "is asked"),
        ("0.5 s", "Chatbase", "sends the first part, after 0.4 s"),
        ("0.6 s", "Discord", "shows a new message: 5 characters"),
        ("1.0 s", "Discord", "shows an edit: 50 characters"),
        ("2.0 s", "Chatbase", "has sent all of it: 200 bytes in 2 parts"),
        ("2.1 s", "Discord", "shows an edit: 190 characters"),
    ]


def test_the_table_tells_of_failures() -> None:
    broken = run(
        [request(outcome=Outcome.CUT), request(at=3.0, arrivals=(), ended_at=3.1, status=500)],
        [Write(0.2, Kind.THINK, 1, None, 204, None), edit(0.7, status=500), edit(0.9, status=0)],
        acts=[ASKED, Act(1.0, "Alice presses “Stop”")],
    )
    told = [what for _, _, what in rows(broken)]
    assert "connection lost, after 200 bytes in 2 parts" in told
    assert "fails: status 500, after 0 bytes in 0 parts" in told
    assert "shows that the bot is thinking" in told
    assert "answers an edit with the error 500" in told
    assert "has not answered yet: an edit" in told
    assert "Alice presses “Stop”" in told


def test_the_lanes_say_the_same() -> None:
    people, api, discord, limits = draw_lanes(USUAL)
    assert [mark["text"] for mark in people["marks"]] == ["Alice asks"]
    assert api["title"] == "Chatbase writes"
    assert [mark["text"] for mark in api["marks"]] == ["is asked", "first part", "last part: 200 bytes in all"]
    assert [(span["from"], span["to"], span["kind"]) for span in api["spans"]] == [(0.1, 0.5, "quiet")]
    assert api["curve"] == [[0.1, 0], [0.5, 10], [2.0, 200], [2.0, 200]]
    assert [mark["text"] for mark in discord["marks"]] == ["first words", "last edit: 190 characters in all"]
    assert discord["curve"] == [[0.6, 5], [1.0, 50], [2.1, 190]]
    assert discord["ticks"] == [1.0, 2.1]
    assert (limits["spans"], limits["note"]) == ([], "none was in the way")
    slow = run([request(arrivals=[(0.5, 10), (0.8, 20)])], [create(0.6), edit(4.0)])
    assert rows(slow)[-3][1:] == ("Discord's limit", "text waits for an edit: Discord allows 5 in 5 s (until 4.0 s)")
    assert [(span["from"], span["to"], span["kind"]) for span in draw_lanes(slow)[3]["spans"]] == [(0.8, 4.0, "limit")]


def test_lanes_of_a_question_that_waits_and_of_an_answer_at_once() -> None:
    waited = run([request(at=4.0, arrivals=[(4.5, 99)], ended_at=4.5)], [create(4.6, 90), create(4.7, 30, target=2)])
    people, api, discord, limits = draw_lanes(waited)
    assert people["spans"][0]["text"].translate(SIMPLE) == "4.0 s until Chatbase is asked"
    assert [mark["text"] for mark in api["marks"]] == ["is asked", "all at once: 99 bytes"]
    assert [mark["text"] for mark in discord["marks"]][1:] == ["message 2", "last message: 120 characters in all"]
    assert limits["note"] == "none was in the way"


def test_a_span_that_goes_on_has_no_end() -> None:
    asked = run([request(arrivals=(), ended_at=None, outcome=Outcome.RUNNING)], running=True, now=1.0)
    assert draw_lanes(asked)[1]["spans"][0]["to"] is None


def test_hundreds_of_edits_stay_readable_and_cheap() -> None:
    parts = [(0.5 + number / 10, number) for number in range(1, 9000)]
    writes = [create(0.5), *(edit(0.5 + number, number) for number in range(1, 900))]
    crowded = run([request(arrivals=parts, ended_at=900.0)], writes)
    begun = time.process_time()
    lanes, told = draw_lanes(crowded), tell_rows(crowded)
    assert time.process_time() - begun < 1.0
    assert len(told) < 12
    assert any(row["what"].startswith("shows 899 edits until") for row in told)
    assert all(len(lane["curve"]) <= 2 * MAX_POINTS + 1 and len(lane["ticks"]) <= 2 * MAX_POINTS + 1 for lane in lanes)


def test_a_table_of_edits_and_refusals_in_turn_leaves_out_its_middle() -> None:
    writes = [write for at in range(1, 900) for write in (edit(at), edit(at + 0.3, status=500))]
    told = tell_rows(run([request()], writes))
    assert len(told) == MAX_ROWS
    assert [row["who"] for row in told].count("…") == 1
    assert told[-1]["what"] == "answers an edit with the error 500"
    assert all(len(lane["marks"]) <= MAX_MARKS for lane in draw_lanes(run([request()], writes)))


@given(st.integers(0, 3000))
def test_thin_keeps_the_ends(points: int) -> None:
    given_points = [(float(place), place) for place in range(points)]
    kept = thin(given_points)
    assert len(kept) <= 2 * MAX_POINTS + 1
    assert kept[:1] + kept[-1:] == given_points[:1] + given_points[-1:]
    assert kept == sorted(kept)
