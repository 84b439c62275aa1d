"""Switchboard: a Discord bot that lets chatbots of five providers answer in your server."""
