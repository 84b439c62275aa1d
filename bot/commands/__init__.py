"""Commands for operators beside `run` and `check`: `backup` and `copy-database`."""
