"""The sandbox: a local Discord and the chat APIs, for tests, the demo and the web page."""
