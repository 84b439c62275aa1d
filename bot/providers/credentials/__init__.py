"""Credentials that a server's admins stored, as the providers get them."""
