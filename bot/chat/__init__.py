"""The program itself: questions, conversations, answers and their painting, free of HTTP, SQL and Discord.

Where to look, from a question to its answer:

- What is asked, where, and of whom: `questions`, `address`, `prompts`, `provider`, `preferences`, `permissions`.
- How its turn comes: `service`, `attempt`, `queue`, `line`.
- What goes along: `recall`, `history`, `memory`.
- How it is written: `writing` has `reader` push into a `live` answer what `painter` shows, as often as `budget` allows;
  `draft`, `pager`, `fences`, `cuts`, `graphemes`, `rich` and `readable` say what its messages look like, `canvas` where
  they go.
- What is done with it afterwards: `controls`, `steering`.
- What is written down of it, and mended after a crash: `journal`, `record`, `wording`, `versions`, `recovery`.
- What people may ask about themselves, and what goes by itself: `privacy`, `archive`, `dossier`, `caretaker`.
- What is wrong: `errors`, `outcomes`, `diagnosis`, `findings`, `trials`, `facts`.
- How often Discord is called anew: `backoff`, `identify_limit`.
- What the bot says: `sentences`, `report`, `guide`, `disclosure`.

`desk` is all of it, as the doors see it.
"""
