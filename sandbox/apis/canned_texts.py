"""The texts that the default answers are made of."""

GREETINGS = (
    "Hello! 👋 How can I help you today?",
    "Hi there! 😊 It is good to hear from you. What is on your mind?",
    "Hey! ✨ I was just hoping somebody would ask me something.",
)

OPINIONS = (
    (
        "You asked about “{question}”. The short answer: it depends on what you want to do with it, "
        "but the simple way is usually the one you will still like next year. 🌱"
    ),
    (
        "You asked about “{question}”, which is a good thing to wonder about. I would begin with one small part of it, "
        "see what that teaches, and let the rest wait until tomorrow. 🔎"
    ),
    (
        "You asked about “{question}”. People disagree, and most of them have a point. "
        "If I had to choose, I would take whichever path is the easiest to turn back from. 🧭"
    ),
)

JOKES = (
    "Why did the message cross the channel? To get to the other thread. 🧵",
    "I asked my cache for a joke. It gave me the same one as yesterday. 😄",
    "A byte walks into a bar. “What is wrong?” asks the barkeeper. “Parity error.” “Yes, you looked a bit off.” 🍺",
)

WEATHER = (
    (
        "I have no window here ☁️, but a fair guess for most places is: mild, with a chance of wishing for a jacket. "
        "Ask a weather service when it matters."
    ),
    "It will be light by day and dark by night, with some wind between. 🌤️ For more I would need a window.",
)

PARIS = (
    "The capital of France is **Paris**. 🇫🇷 The city itself has about two million people, its region about twelve.",
    "**Paris**. 🗼 It lies on the Seine, and has been the capital of France for most of a thousand years.",
)

THANKS = (
    "You are very welcome! 😊 Is there anything else?",
    "My pleasure! ✨ Ask me more whenever you like.",
)

FAREWELLS = (
    "Goodbye, and come back soon! 👋",
    "See you! 🌙 I will be here.",
)

RECALLS = ("Here is what you said before this, oldest first:", "You told me, in this order:")

INTRODUCTIONS = (
    "I am **{name}**, a chatbot made by {maker}. Ask me anything you like. 👋",
    "My name is **{name}**, and {maker} made me a chatbot. What would you like to know? 💬",
)

LISTS = (
    """Here is how I would go about it:

1. **Say what done looks like** in one sentence.
2. **Gather what you need**, and nothing else.
3. **Do the smallest part first** and look at it.
   - If it works, keep it.
   - If it does not, you have lost an hour and not a week.
4. **Show it to somebody** before it is finished. 👀
5. **Write down what you learned**, for the next time.

Shall I go deeper into one of these?""",
    """Five steps, and none of them takes long:

1. **Write the question down**, in words a neighbour would understand.
2. **Ask who had it before you.** 🔎
3. **Try the cheapest answer** that could be right.
4. **Wait a day**, and look at it again.
5. **Throw away** what you no longer need.
   - Begin with what you are proud of.

Which one is the hardest for you?""",
)

CODES = (
    """Sure! Here is a small Python function that counts the words of a text:

```python
from collections import Counter


def most_common_words(text: str, limit: int = 3) -> list[tuple[str, int]]:
    \"\"\"Return the words that occur most often, the most frequent first.\"\"\"
    words = (word.strip(".,;:!?").lower() for word in text.split())
    return Counter(word for word in words if word).most_common(limit)


print(most_common_words("the cat and the dog and the bird"))
# [('the', 3), ('and', 2), ('cat', 1)]
```

`Counter` does the counting, and `most_common` sorts for us. 🐍""",
    """Of course. This one says whether a word reads the same backwards:

```python
def is_palindrome(text: str) -> bool:
    \"\"\"Tell whether the letters of a text read the same from both ends.\"\"\"
    letters = [letter for letter in text.casefold() if letter.isalpha()]
    return letters == letters[::-1]


print(is_palindrome("Never odd or even"))
# True
```

`[::-1]` walks through the list from its end. 🪞""",
    """Here you go, in JavaScript this time:

```js
function chunks(list, size) {
  const parts = [];
  for (let at = 0; at < list.length; at += size) parts.push(list.slice(at, at + size));
  return parts;
}

console.log(chunks([1, 2, 3, 4, 5], 2)); // [[1, 2], [3, 4], [5]]
```

`slice` does not mind if it reaches past the end. ✂️""",
)

_LONG = """# The keeper of Marrow Point

Here is a longer one. Make yourself comfortable. ☕

**I. The lamp**

The lighthouse at Marrow Point had been built for ships that no longer came. The harbour had silted up in the time of \
the keeper's grandmother, the fishing boats had moved to the other side of the bay, and the one ferry that still \
crossed each morning steered by satellites. All the same, every evening at dusk, Ines Calloway climbed the one hundred \
and forty-two steps, wiped the salt from the glass, and lit the lamp. When people in the village asked her why, she \
said that a light which is only lit when somebody is known to be looking is no lighthouse. It is a lamp.

She kept a book in which she wrote one line a day. Most lines were about the weather. *Wind from the west, clear.* \
*Fog until ten.* Sometimes there was a bird in it, and once, in spring, a whale. In thirty years she had not missed a \
day, and in thirty years nothing had happened that needed a second line.

**II. The night of the second line**

It was a Tuesday in November. The storm had been announced for Wednesday, but nobody had told the storm. By eight in \
the evening the rain came in sideways, by nine the telephone was dead, and by ten the whole coast had gone dark: not \
a window, not a street lamp, from Marrow Point to the far end of the bay. The lighthouse had its own generator, as old \
as Ines and in a worse mood, and it coughed and went on.

At twenty past eleven she saw it. Far out, where the sandbanks are, something blinked: three short, a pause, three \
short. It was not on any chart and it did not move as a ship moves. It came and went with the waves, as if it were \
being lifted up to be looked at and put down again. She watched it for as long as it takes to be sure, which is longer \
than one would think, and then she did what the book of rules on the shelf told her to do, and what she had never in \
her life done before. She put her hand on the shutter and answered.

**III. What came in**

They were four: two students, their professor and a very wet dog, in an inflatable boat full of instruments that were \
meant to measure the sandbanks and now were part of them. Their satellite receiver had drowned first. After that, they \
said, there had been only black, in every direction, and then, low down and steady as a promise, one light that went \
round and round. So they had rowed towards it, and because they were frightened they had blinked at it with a bicycle \
lamp, and when it blinked back the professor had wept, which he later denied.

Ines gave them soup. She hung their clothes over the generator, which for once was good for something, and she gave \
the dog the rug. They asked whether she had known that they were out there. She thought about it, because she thought \
about all questions, and said: "No. But that is how it works."

**IV. The morning after**

In the morning the sea lay there as if it had been somewhere else all night. The ferry came, late, and took the four \
of them across, and the dog did not want to go. The professor shook her hand for a long time. A week later a letter \
arrived from the university, with a stamp, asking whether the lighthouse at Marrow Point might be of use to science: \
there was a room to be rented, and money for a new generator, and would she mind very much if students came in the \
summer to count the birds?

She did not mind. She took down the book and found the Tuesday in November. There it stood, in her small, upright \
hand, and under it, for the first time in thirty years, a second line:

> *Wind from the north-west, storm, no moon.*
> *Four came in, and a dog. Lamp lit as usual.*

**V. What the students found**

The students came in June, with tents and far too many notebooks. Between them they counted eleven kinds of gull, \
two pairs of falcons that nobody had known about, and, on the last evening, one hundred and forty-three steps. Ines \
said that was impossible. They counted again, all of them together, out loud, the professor in front and the dog at \
the end, and it was true: the lowest step had lain under the sand since before she was born, and the storm had washed \
it free. She stood on it for a while and looked out at the bay. It was, she found, a very good place to stand, and \
she wondered what else might be lying just below the things that one believes to have counted. That evening there was \
a third line in the book.

She read it twice. Then she went upstairs, all one hundred and forty-three steps, to clean the glass. 🌊"""

_BEGINNING = "Here is a longer one. Make yourself comfortable. ☕"
LONGS = (
    _LONG,
    _LONG.replace(_BEGINNING, "You have a few minutes? Then listen. 🕯️"),
    _LONG.replace(_BEGINNING, "I know one by heart; stop me if you know it too. 📖"),
)
