"""A channel with thousands of messages of every kind, and a page that notes how long it works."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice

from playwright.async_api import Page as Tab

from sandbox.discord import Channel, Message, Person

CODE = (
    "```python\n" + "\n".join(f"def f_{n}(x: int) -> str:  # why\n    return 'text' * {n}" for n in range(20)) + "\n```"
)
TABLE = (
    "```\n"
    + "\n".join(" | ".join(f"cell {row}{column}".ljust(11) for column in range(6)) for row in range(20))
    + "\n```"
)
STYLES = "Some **bold**, *italic*, ~~gone~~, `code`, ||hidden||, [a link](https://example.org) and <#1>. " * 12
LISTS = "# Head\n" + "\n".join(f"- item **{n}** and `code`\n  - more of {n}" for n in range(40))
KINDS = ("", CODE, "and so on", TABLE, STYLES, LISTS, ":)", "A line of some words that is longer than others. " * 6)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
)

TASKS = frozenset({"RunTask", "ThreadControllerImpl::RunTask"})

NOTE_NODES = """window.most_nodes = 0;
addEventListener("DOMContentLoaded", () => {
  const count = (node) => 1 + (node.querySelectorAll?.("*").length ?? 0);
  new MutationObserver((changes) => {
    const nodes = changes.flatMap((change) => [...change.addedNodes]).reduce((sum, node) => sum + count(node), 0);
    window.most_nodes = Math.max(window.most_nodes, nodes);
  }).observe(document.getElementById("messages"), { childList: true });
});"""

REFERENCE = """() => {
  const place = document.createElement("div");
  document.body.append(place);
  for (let count = 0; count < 1000; count += 1) {
    const line = document.createElement("p");
    line.append(document.createElement("strong"), `Line ${count}`);
    line.firstChild.append("word ".repeat(20));
    place.append(line);
  }
  place.getBoundingClientRect();
  place.remove();
}"""
"""Work that a page may well do at once: it lays out a thousand plain lines."""


async def fill(channel: Channel, people: list[Person], count: int) -> list[Message]:
    """Have people write this many messages, each beginning with its number; every fiftieth comes with a picture."""
    said = []
    for number, (person, text) in enumerate(islice(zip(cycle(people), cycle(KINDS)), count)):
        files = [("dot.png", PICTURE)] if number % 50 == 7 else []
        said.append(await person.say(channel, f"no. {number}\n{text}"[:2000], attachments=files))
    return said


@dataclass
class Work:
    """The work of a page's main thread while a block ran."""

    longest: float = 0.0
    """Milliseconds of processor time that its longest task took. Other programs on the machine add nothing to it."""


@asynccontextmanager
async def measure(tab: Tab) -> AsyncIterator[Work]:
    """Measure what the page works while the block runs; nothing is known before its end."""
    work = Work()
    browser = tab.context.browser
    assert browser is not None
    await browser.start_tracing(page=tab, categories=["toplevel", "disabled-by-default-devtools.timeline"])
    try:
        yield work
    finally:
        events = json.loads(await browser.stop_tracing())["traceEvents"]
    names = {(each["pid"], each["tid"]): each["args"]["name"] for each in events if each["name"] == "thread_name"}
    tasks = [
        each["tdur"] / 1000
        for each in events
        if each["name"] in TASKS and "tdur" in each and names.get((each["pid"], each["tid"])) == "CrRendererMain"
    ]
    assert tasks, "Chromium told of no task"
    work.longest = max(tasks)


async def note_nodes(tab: Tab) -> None:
    """Count the nodes that one task draws at most, from the next page on, in `most_nodes`."""
    await tab.add_init_script(NOTE_NODES)
