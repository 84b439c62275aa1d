"""The rules by which processes of one bot live together."""
