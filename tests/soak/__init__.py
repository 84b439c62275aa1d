"""The bot over a long time, with everything going wrong around it."""
