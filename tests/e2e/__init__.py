"""The whole bot through real discord.py, against the sandbox's Discord and chat APIs."""
