"""Who answers in a place, and with what context."""
