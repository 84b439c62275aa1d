"""The store, held to its ports on both databases."""
