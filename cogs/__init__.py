"""The doors: what Discord's people do, handed on to the program."""
