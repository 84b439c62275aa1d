"""What each provider is, what its values are called, and where they are found; a further provider adds an entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field's label, of at most 45 characters, and where its value is found, of at most 100.

    In a sentence the label is written as it is.
    """

    label: str
    where: str


@dataclass(frozen=True, slots=True)
class ProviderText:
    """What a provider is, in at most 100 characters, and its fields by name.

    `logins` are what its forms are called, if it has several.
    """

    about: str
    fields: Mapping[str, FieldText]
    logins: Mapping[str, str] = field(default_factory=dict)


_TAMAKO_APP = "On appcenter.theskyfallen.com, where you sign up and create an app"
_TAMAKO_CLIENT = "Given to you by Tamako with this login. Without one, use the login with an app"

TEXTS: Mapping[str, ProviderText] = {
    "tamako": ProviderText(
        "A chatbot for small talk. You choose its name, gender and developer",
        {
            "username": FieldText("Username", _TAMAKO_APP),
            "app_id": FieldText("App ID", "On your app's page on appcenter.theskyfallen.com"),
            "app_secret": FieldText("App secret", "On your app's page on appcenter.theskyfallen.com, beside its ID"),
            "prvid": FieldText("Provider ID (prvid)", _TAMAKO_CLIENT),
            "svcid": FieldText("Service ID (svcid)", "Given to you by Tamako together with the provider ID"),
            "svcsecret": FieldText("Service secret (svcsecret)", "Given to you by Tamako together with the service ID"),
        },
        {"login": "Login with an app", "newer": "Login with a service"},
    ),
    "chatbase": ProviderText(
        "A chatbot that you train on your own texts. Needs a paid plan",
        {
            "api_key": FieldText("API key", "In Chatbase, the secret key in your workspace's settings, under API keys"),
            "chatbot_id": FieldText("Chatbot ID", "In Chatbase, on your chatbot's settings page"),
        },
    ),
    "chatbase-v2": ProviderText(
        "Chatbase's newer API: keeps conversations, looks things up. Plan Standard or higher",
        {
            "api_key": FieldText("API key", "In Chatbase, the secret key in your workspace's settings, under API keys"),
            "agent_id": FieldText("Agent ID", "In Chatbase, on your agent's settings page. It is the chatbot's ID"),
        },
    ),
    "stammer": ProviderText(
        "An AI agent of Stammer.ai, or of an agency that offers it under its own name",
        {
            "api_token": FieldText("API token", "In your Stammer.ai account, or your agency's, in the settings"),
            "chatbot_uuid": FieldText("Chatbot UUID", "On your chatbot's detail page"),
            "api_url": FieldText("Where your chatbot is", "The name in your browser's address bar when you sign in"),
        },
    ),
    "chatbot": ProviderText(
        "A chatbot that follows your stories. Takes questions of at most 256 characters",
        {
            "client_token": FieldText(
                "Client access token", "In ChatBot's settings. It can only ask questions, so it is the safer one"
            ),
            "developer_token": FieldText(
                "Developer access token", "In ChatBot's settings. Lists your stories. Needed without the other token"
            ),
            "story_id": FieldText("Story ID", "The 24 characters in your story's address in ChatBot. May stay empty"),
        },
    ),
}


def field_text(provider: str, name: str) -> FieldText:
    """Return what a provider's field is called, and where its value is found."""
    return TEXTS[provider].fields[name]


def label_of(provider: str, name: str) -> str:
    """Return what a provider's field is called; its plain name if a later version took the field away."""
    texts = TEXTS.get(provider)
    return texts.fields[name].label if texts is not None and name in texts.fields else name.replace("_", " ")
