"""The errors that last until somebody mends their cause, by who can do that."""

from bot.domain.errors.api import (
    AddressNotOffered,
    Blocked,
    CredentialsUnreadable,
    Forbidden,
    NotFound,
    PaymentRequired,
    ProxyRefused,
    QuotaUsedUp,
    TlsFailed,
    Unauthorized,
    WrongAddress,
)

AccountError = Unauthorized | PaymentRequired | QuotaUsedUp | Forbidden | NotFound | WrongAddress
"""What the owner of the credentials can mend: the host, or a server's admins."""

StoredError = CredentialsUnreadable | AddressNotOffered
"""What a server's admins entered with `/setup`, and nothing can be sent with; only they can mend it."""

CredentialError = AccountError | StoredError

NetworkError = Blocked | ProxyRefused | TlsFailed
"""What is between the bot and the chat API: the host can mend it, also for a server's own credentials."""

LastingError = CredentialError | NetworkError
