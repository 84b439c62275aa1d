"""discord.py seen as paper: where answers are written, and what stands under them."""
