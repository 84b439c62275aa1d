"""The real bot inside simcord, a Discord that others wrote: what our own sandbox may have got wrong shows here."""
