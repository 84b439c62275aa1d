"""The real bot inside simcord, a Discord that others wrote: what our own sandbox may have got wrong shows here.

It cannot do all: a restart ends everything first, so that nothing can be cut off half-way as by a kill; nobody can
press a button that is not there, or not for them, so ids cannot be forged; it counts no rate limits; and its clock
stands still while the bot waits for something that a test has not declared (`Env.external_wait`).

So several things are shown in `tests/e2e` only: who waits in line, and how answers share a channel's edits (the bot
waits then, undeclared); being called back, and the end of a welcome after a week (the event loop's own time does not go
on with simcord's clock, and what is not due by a timer never is); a server that is joined while the bot is away (its
restarts leave no moment for that); a press on somebody else's private message; and names of people who are mentioned in
a command's text, which it does not send along.
"""
