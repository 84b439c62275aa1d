"""What a server's admins are told once a day, below their own answer."""


def key_stopped(label: str) -> str:
    """Return the reminder that a chatbot cannot be asked with what the server's admins entered."""
    return (
        f"You manage this server: use `/setup` to try its {label} values again or enter new ones. "
        "I say this once a day."
    )
