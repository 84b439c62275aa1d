"""How providers are doing: how each one's latest question went, and which are not asked because they are out."""
