"""What people paste along with a key, an id or another value, and how it is taken off again."""

_EDGES = " \t\r\n\f\v\u00a0\u00ad\u200b\u200c\u200d\u2028\u2029\u2060\ufeff"
"""What is around a value without anybody seeing it: white space, and what comes along from web pages and editors."""

_QUOTES = ('""', "''", "``", "“”", "„“", "””", "‘’", "‚‘", "’’", "«»", "»«")


def strip_edges(text: str) -> str:
    """Return a text without the white space and invisible characters around it."""
    return text.strip(_EDGES)


def clean_pasted(name: str, value: str) -> str:
    """Return the value of a variable with this name, without what is around it and does not belong to it.

    That is invisible characters, a pair of quotes, which Docker's `--env-file` and Windows' `set` leave there, and the
    variable's own name if somebody pasted the whole line.
    """
    value = value.strip(_EDGES)
    before, equals, rest = value.partition("=")
    if equals and before.lower().split() in ([name.lower()], ["export", name.lower()], ["set", name.lower()]):
        value = rest.strip(_EDGES)
    inner = value[1:-1]
    if len(value) > 1 and value[0] + value[-1] in _QUOTES and not {value[0], value[-1]} & set(inner):
        return inner.strip(_EDGES)
    return value
