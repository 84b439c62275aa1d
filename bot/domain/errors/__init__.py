"""Everything that can keep an answer from being given, as one family of exceptions that carry facts.

`bot.strings.errors` turns each into a sentence. None holds a credential, an address with one, or a user's text. The one
exception is the `reason` of `Rejected` and `ErrorReported`: a provider file has cleaned it, and only the asker sees it.
"""

from bot.domain.errors.api import *  # noqa: F403 - the family is one, and its files several for their size
from bot.domain.errors.lasting import *  # noqa: F403
from bot.domain.errors.own import *  # noqa: F403
