"""Commands for operators beside `run` and `check`: backups, copies, erasing, encrypting, and what Discord asks."""
