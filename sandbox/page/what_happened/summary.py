"""One run in a sentence or two."""

from sandbox.page.what_happened.facts import Kind, Run
from sandbox.page.what_happened.waits import Cause, find_waits, longest_lag
from sandbox.page.what_happened.words import count, seconds


def summarise(run: Run) -> str:
    """Return who waited how long for what."""
    return " ".join(sentence for sentence in (_asked(run), _shown(run), _limits(run)) if sentence)


def _asked(run: Run) -> str:
    if not run.requests:
        return "No local chat API was asked for this."
    last = run.requests[-1]
    if last.failed:
        reason = f"failed with status {last.status}" if (last.status or 0) >= 400 else "broke off its answer"
        return f"{last.api} {reason}."
    if last.ended_at is None:
        return f"{last.api} is answering."
    return f"{last.api} took {seconds(last.ended_at - last.at)} to answer."


def _shown(run: Run) -> str:
    visible = [write for write in run.writes if write.shows]
    if not visible:
        return "Readers have seen nothing yet." if run.running else "Readers saw no text."
    messages = len({write.target for write in visible})
    edits = sum(write.kind is Kind.EDIT for write in visible)
    told = f"in {count(messages, 'message')}" + (f" with {count(edits, 'edit')}" if edits else "")
    if run.running:
        return f"Readers have seen words since {seconds(visible[0].at)}, {told} so far."
    first, last = seconds(visible[0].at), seconds(visible[-1].at)
    if run.requests and run.requests[-1].failed:
        return f"Readers saw the bot's last word about it after {last}, {told}."
    if first == last:
        return f"Readers saw all of it after {first}, {told}."
    return f"Readers saw the first words after {first} and all of it after {last}, {told}."


def _limits(run: Run) -> str:
    waits = find_waits(run)
    lag = seconds(longest_lag(run))
    refused = sum(wait.gaps for wait in waits if wait.cause is Cause.REFUSED)
    if refused:
        return f"Discord refused {count(refused, 'request')}, and words waited up to {lag} to be shown."
    return f"Words waited up to {lag} for Discord's limit." if waits else ""
