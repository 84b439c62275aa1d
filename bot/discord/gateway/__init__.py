"""Keeps the bot connected to Discord, without dialling more often than Discord allows."""
