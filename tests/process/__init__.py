"""The bot as a real process: how it starts, stops, dies, and what it prints meanwhile."""
