"""The sentences for what a chat API refuses until somebody mends it: the bot's host, or who owns the credentials."""

from typing import assert_never

from bot.domain import errors
from bot.domain.provider import Owner


def explain_lasting(error: errors.LastingError, owner: Owner) -> str:
    """Return the sentence for one of these errors; `owner` tells whose credentials were used."""
    if isinstance(error, errors.AccountError):
        return _explain_to_askers_of_host(error) if owner == "host" else _explain_to_askers_of_server(error)
    if isinstance(error, errors.NetworkError):
        return _explain_network(error)
    return _explain_stored(error)


def tell_owner(owner: Owner) -> str:
    """Return whom to tell of a refusal for which there is no other word."""
    if owner == "host":
        return "Please tell the bot's host."
    return "This server's admins need to check the chatbot, and what they entered with `/setup`."


def _explain_to_askers_of_host(error: errors.AccountError) -> str:
    match error:
        case errors.Unauthorized():
            return f"{error.label} rejected this bot's API key. The bot's host needs to fix that."
        case errors.PaymentRequired():
            return (
                f"The {error.label} account is out of credits, or its plan doesn't include this. "
                "Please tell the bot's host."
            )
        case errors.QuotaUsedUp():
            return f"The {error.label} account has used up its quota. Please tell the bot's host."
        case errors.Forbidden():
            return (
                f"{error.label} won't accept questions from this bot's account. "
                "The bot's host needs to check the plan and API key."
            )
        case errors.NotFound():
            return (
                f"{error.label} can't find this chatbot. "
                "The bot's host needs to check the chatbot ID and the API address."
            )
        case errors.WrongAddress():
            return (
                f"The API address set for {error.label} doesn't take questions (error {error.status}). "
                "The bot's host needs to fix that."
            )
        case _:
            assert_never(error)


def _explain_to_askers_of_server(error: errors.AccountError) -> str:
    match error:
        case errors.Unauthorized():
            return (
                f"{error.label} rejected this server's API key. "
                "This server's admins need to enter a valid one with `/setup`."
            )
        case errors.PaymentRequired():
            return (
                f"This server's {error.label} account is out of credits, or its plan doesn't include this. "
                "This server's admins need to add credits there, or enter another account with `/setup`."
            )
        case errors.QuotaUsedUp():
            return (
                f"This server's {error.label} account has used up its quota. "
                "This server's admins need to raise it there, or enter another account with `/setup`."
            )
        case errors.Forbidden():
            return (
                f"{error.label} won't accept questions from this server's account. "
                "This server's admins need to check its plan, and the API key with `/setup`."
            )
        case errors.NotFound():
            return (
                f"{error.label} can't find this server's chatbot. "
                "This server's admins need to check its ID with `/setup`."
            )
        case errors.WrongAddress():
            return (
                f"The API address set for {error.label} doesn't take questions (error {error.status}). "
                "This server's admins need to choose another one with `/setup`, or the bot's host needs to fix it."
            )
        case _:
            assert_never(error)


def _explain_network(error: errors.NetworkError) -> str:
    """Return the sentence for what is between the bot and the chat API: only its host can fix that."""
    match error:
        case errors.Blocked():
            return (
                f"Something in front of {error.label}, perhaps a firewall, turned me away (error {error.status}). "
                "The bot's host needs to look into it."
            )
        case errors.ProxyRefused() if error.status in (407, 511):
            return (
                f"The proxy between me and {error.label} wants a login (error {error.status}). "
                "The bot's host needs to fix that."
            )
        case errors.ProxyRefused():
            return (
                f"The proxy between me and {error.label} doesn't let me reach it (error {error.status}). "
                "The bot's host needs to allow that there."
            )
        case errors.TlsFailed():
            return (
                f"I couldn't make a secure (TLS) connection to {error.label}. "
                "The bot's host needs to check the API address, its certificate and any proxy."
            )
        case _:
            assert_never(error)


def _explain_stored(error: errors.StoredError) -> str:
    """Return the sentence for what is wrong with what a server's admins entered before anything is sent."""
    match error:
        case errors.CredentialsUnreadable():
            return (
                f"I can't read what this server's admins entered for {error.label}. "
                "They need to enter it again with `/setup`."
            )
        case errors.AddressNotOffered():
            return (
                f"The address that this server's admins chose for {error.label} is no longer offered. "
                "They need to choose another one with `/setup`."
            )
        case _:
            assert_never(error)
