"""The people: what they can do in Discord, as the test or the web page tells them to."""
