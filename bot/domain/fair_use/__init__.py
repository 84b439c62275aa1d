"""How much may be asked, and how much was."""
