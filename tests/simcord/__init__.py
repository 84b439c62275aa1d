"""The real bot inside simcord, a Discord that others wrote: what our own sandbox may have got wrong shows here.

It cannot do all: a restart ends everything first, so that nothing can be cut off half-way as by a kill; nobody can
press a button that is not there, or not for them, so ids cannot be forged; it counts no rate limits; and its clock
stands still while the bot waits for something that a test has not declared (`Env.external_wait`).
"""
