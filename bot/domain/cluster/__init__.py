"""Several processes that are one bot: who runs which shards, and what they tell each other."""
