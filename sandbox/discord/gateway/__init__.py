"""The gateway: sessions, their connections, and which events a bot is sent."""
