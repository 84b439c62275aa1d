"""The chat APIs with credentials that servers bring themselves, which stay encrypted until a request needs them."""
