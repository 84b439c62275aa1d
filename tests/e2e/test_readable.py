"""Markdown that Discord does not draw, as a reader sees it arrive: readable from its first frame on."""

import pytest

from bot.streaming import bucket_queues
from tests.e2e.reader import check_frames
from tests.e2e.stage import SIGN, Stage

ANSWER = """#### The **largest** planets

| Planet | Radius |
|:-------|-------:|
| Jupiter | 69,911 km |
| Saturn | 58,232 km |

| Planet | Why it is remarkable |
|---|---|
| Jupiter | Its red spot is a storm that is wider than the Earth |
| Saturn | It would float: \\(\\rho < \\rho_{water}\\) |

---
> > Pictured: ![Saturn](https://example.com/saturn.jpg)

```sql
| not | a table |
```
"""

SHOWN = """**The largest planets**

```
Planet      Radius
-------  ---------
Jupiter  69,911 km
Saturn   58,232 km
```

**Planet:** Jupiter
- **Why it is remarkable:** Its red spot is a storm that is wider than the Earth

**Planet:** Saturn
- **Why it is remarkable:** It would float: `ρ < ρ_water`

────────────
> Pictured: [Saturn](https://example.com/saturn.jpg)

```sql
| not | a table |
```"""


async def test_a_reader_sees_tables_and_formulas_arrive_readable(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("compare the planets"))
    table_ends = ANSWER.index("| Planet | Why")
    await stream.send(ANSWER[:50])
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    assert answer.content == f"**The largest planets**{SIGN}"
    for start in range(50, table_ends, 7):
        await stream.send(ANSWER[start : min(start + 7, table_ends)])
    await answer.wait_until(f"{SHOWN[: SHOWN.index('```', 40) + 3]}{SIGN}")
    await stream.send(ANSWER[table_ends:])
    await stream.finish()
    assert (await stage.finished(answer)).content == SHOWN
    check_frames([answer])
    assert not any("|" in frame.content.partition("```sql")[0] for frame in answer.frames)

    await stage.idle()
    stage.apis.chatbase.answers("Indeed.")
    await stage.ask(stage.alice, "thanks")
    messages = stage.apis.chatbase.received[-1].fields["messages"]
    assert [message["content"] for message in messages] == ["compare the planets", ANSWER, "thanks"]  # type: ignore[attr-defined]


WEB = """Title
=====

~~~python title="app.py"
# comment
__init__ = 1
~~~

Indented:

    *not* italic

1) Press <kbd>Ctrl</kbd>+<kbd>C</kbd>
2) 请看https://e.com/docs。谢谢

````md
```js
x
```
````

<ul>
  <li>name \\(optional\\)</li>
  <li><b>H<sub>2</sub>O</b></li>
</ul>

[https://e.com/docs](https://e.com/docs) and [here](https://e.com/a_(b) "A title")
"""

DRAWN = """Title
════════════

```python
# comment
__init__ = 1
```

Indented:

```
*not* italic
```

1. Press `Ctrl`+`C`
2. 请看https://e.com/docs\u200a。谢谢

```md
``\u200b`js
x
``\u200b`
```

- name \\(optional\\)
- **H₂O**

https://e.com/docs and [here](https://e.com/a_(b))"""


async def test_a_reader_sees_what_was_written_for_the_web_as_discord_draws_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bucket_queues, "FIRST_EDIT_DELAY", 0.0)
    stream = stage.apis.chatbase.hold()
    question = await stage.alice.say(stage.general, stage.mention("show me everything"))
    for start in range(0, len(WEB), 11):
        await stream.send(WEB[start : start + 11])
    answer = await stage.general.next_message(by=stage.app.bot, after=question)
    await stream.finish()
    assert (await stage.finished(answer)).content == DRAWN
    check_frames([answer])
    for frame in answer.frames:
        assert not any(mark in frame.content for mark in ("~~~", "<", "title=", "===", "](https://e.com/docs"))
