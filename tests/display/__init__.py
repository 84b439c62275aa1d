"""Discord as the program sees it."""
