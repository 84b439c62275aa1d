"""What a person cannot do, as Python errors with the facts."""


class NotPossible(Exception):
    """Discord's client would not let this person do that."""


class NotVisible(NotPossible):
    """The command, or the component, is not there for this person in this place."""


class BadOption(NotPossible):
    """An option is missing, unknown, or has a value that the client would not send."""
