"""Switchboard: a Discord bot that lets chatbots of four providers answer in your server."""
