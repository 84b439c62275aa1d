"""Default answers with everything that chatbots write beside plain words, each in several wordings."""

from sandbox.apis.pictures import picture

TABLES = (
    """Here is a table to compare them:

| Planet | Day | Year | Moons |
| --- | ---: | ---: | ---: |
| Earth | 24 h | 365 days | 1 |
| Mars | 24.6 h | 687 days | 2 |
| Jupiter | 9.9 h | 12 years | 97 |

*Jupiter has the shortest day of them all.* 🪐""",
    """Side by side they look like this:

| | Bicycle | Tram | Car |
| --- | :---: | :---: | ---: |
| Across town | 18 min | 24 min | 31 min |
| Cost of a month | 5 € | 49 € | 240 € |
| When it rains | wet | **dry** | **dry** |

For a short way I would take the bicycle. 🚲""",
    """A small one, row by row:

| Tea | Water | Time |
| --- | --- | --- |
| Green | 75 °C | 2 min |
| Black | 95 °C | 4 min |
| Mint | 100 °C | 8 min |

Which of them shall it be? 🍵""",
)

PICTURES = (
    f"""Here is a picture for you:

![A lighthouse at dusk]({picture("lighthouse")})

The lamp is lit, though no ship is in sight. 🌊""",
    f"""How about this one?

![Mountains in the morning]({picture("mountains")})

The sun is about to come over the ridge. ⛰️""",
    f"""This is my favourite:

![A cat on a windowsill]({picture("cat")})

She has been looking at the same bird for an hour. 🐈""",
)

FORMULAS = (
    r"""The two solutions of $ax^2 + bx + c = 0$ are

$$x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}$$

They are real numbers if $b^2 \ge 4ac$. 📐""",
    r"""My favourite formula fits into one line:

$$e^{i\pi} + 1 = 0$$

It ties \(e\), \(\pi\), \(i\), 1 and 0 together. ✨""",
    r"""Add up the numbers from 1 to $n$, and you get

$$\sum_{k=1}^{n} k = \frac{n(n+1)}{2}$$

For $n = 100$ that is 5050. 🧮""",
)

SPOILERS = (
    """Careful, this gives away an ending. At Marrow Point, what blinked back was

||four people in a rubber boat, and a very wet dog||

Click on it to read it. 🙈""",
    """You asked for it. In my favourite crime novel it was

||the gardener, with **the frozen leg of lamb**||

Don't tell anybody! 🤫""",
    """A riddle: what gets wetter the more it dries?

||A towel.||

The answer hides until you click on it. 🧺""",
)

QUOTES = (
    """> A light which is only lit when somebody is known to be looking is no lighthouse.
> It is a lamp.

So says Ines Calloway of Marrow Point. 🗼""",
    """> The simple way is usually the one
> you will still like next year.

I have it from a very old program. 💾""",
)

ABILITIES = (
    """I only play a chatbot, but I know a few tricks. Ask me for:

- **a table**, and read it as Discord can show it
- **a picture**
- **a formula**
- **some code**
- **a spoiler**, a quote, a list or a joke
- **something long**, to watch it grow over several messages

And ask “what did I say before?” to see what I remember. 🎩""",
    """Try me! Say one of these:

1. *show me a table*
2. *a picture, please*
3. *a formula*
4. *some code*
5. *a spoiler*
6. *a long story*

Press **Retry** below an answer, and I say it in other words. 🔁""",
)

SAMPLER = (
    f"""# All at once

**Bold**, *italic*, ~~struck out~~, `inline code` and ||a spoiler||.

> A quotation, with a [link](https://sandbox.invalid/docs).

1. A list
   - with a list in it
2. and a task: $a^2 + b^2 = c^2$

| Word | Letters |
| --- | ---: |
| cat | 3 |
| lighthouse | 10 |

```python
print("and some code")
```

![Mountains in the morning]({picture("mountains")})""",
    f"""## Everything I can draw

Words can be **loud**, *slanted* or ~~gone~~, and `monospaced`. ||Some are hidden.||

- one
- two
  - two and a half

> “Three,” said the fourth.

| n | $n^2$ |
| ---: | ---: |
| 2 | 4 |
| 3 | 9 |

```js
console.log([2, 3].map((n) => n * n));
```

![A cat on a windowsill]({picture("cat")})""",
)
