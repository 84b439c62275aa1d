"""What Chatbase v2 consists of behind its addresses: agents, conversations, credits, limits, errors and events."""
