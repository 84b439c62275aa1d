"""What commands and forms say besides answers: refusals, mistakes in what was entered, and what a change did."""

from collections.abc import Mapping

from bot.strings.markup import as_code
from bot.strings.notices import later
from bot.strings.setting_changes import back_to_default, where

ASK_ABOUT = "Ask about this"
"""The entry of a message's menu, and the title of the form that it opens."""

WHY = "Why this answer?"
"""The entry of an answer's menu."""

QUESTION_FIELD = "Question"
QUESTION_HINT = "Leave it empty to have the message itself answered."
"""The form's field, and what is written below its name."""

BACK_TO_DEFAULT = "default"
DEFAULT_PROVIDER = "Back to default"
"""What to type for the choice that resets the provider, and its name."""

ONLY_IN_CHANNEL = "Only in this channel. Leave empty for the whole server"
WHICH_PROVIDER = "Which chatbot it is for. Leave empty for the one that answers here"
PRIVATE_CONVERSATION = "For the questions that you ask in private here. Leave empty for the others"
"""What options of several commands are for."""

MANAGE_SERVER = "Manage Server"
MANAGE_MESSAGES = "Manage Messages"
CREATE_PUBLIC_THREADS = "Create Public Threads"
"""Permissions, named as in Discord's own menu."""

SETTING_TITLES: Mapping[str, str] = {
    "provider": "The provider",
    "name": "My name",
    "gender": "My gender",
    "prefix": "The prefix",
    "developer": "My developer",
}
"""What the settings are called in sentences."""

_MAX_VALUE_CHARS = 201
"""How much is shown of a new value."""


def unknown_command() -> str:
    """Return what is said if Discord offers a command that the bot no longer has."""
    return "I no longer have this command. Restart your Discord app to see the current ones."


def unusable_option() -> str:
    """Return what is said if an option names something that the bot cannot see, such as a private channel."""
    return "I can't use one of these options. If it's a channel, check that I can see it."


def not_shown() -> str:
    """Return what is said if Discord did not take what a command or button should show."""
    return "Discord didn't let me show that. Please try again in a minute."


def needs_permission(permission: str) -> str:
    """Return the refusal for a member without `permission`, named as in Discord's own menu."""
    return f"You need **{permission}** for that. Nothing was changed."


def settings_need_server() -> str:
    """Return what is said if a server's setting is used in a direct message."""
    return "Settings belong to servers; in direct messages the defaults apply."


def settings_need_member() -> str:
    """Return what is said about settings in a server that the bot is not a member of."""
    return "I'm not a member of this server, so the defaults apply. A server admin can add me to it."


def not_your_question() -> str:
    """Return the refusal to show somebody how another person's answer came about."""
    return "Only the person who asked, or someone with **Manage Server**, can see that."


def no_such_answer() -> str:
    """Return what is said about a message that is no stored answer."""
    return "That isn't one of my answers, or I no longer have its details."


def doctor_needs_channel() -> str:
    """Return what is said if `/doctor` is used outside a server."""
    return "`/doctor` checks a channel of a server. Please use it in the channel that has the problem."


def history_needs_reading() -> str:
    """Return why a channel's conversation is not shown to a person without permission to read it."""
    return "You need **Read Message History** to see that, because I remember what was said in this channel."


def prefix_has_spaces() -> str:
    """Return what is said about a prefix with white space in it."""
    return "A prefix can't contain spaces. Nothing was changed."


def text_commands_off() -> str:
    """Return what is added to a new prefix if the bot is not shown what messages say."""
    return "Text commands are off for now: the bot's host has to turn on Discord's message content intent first."


def not_a_story() -> str:
    """Return what is said about what is no story's id, if the stories' names are not known."""
    return "That isn't a story ID: it has 24 characters, 0-9 and a-f. Nothing was changed."


def provider_changed(label: str | None, channel: int | None) -> str:
    """Return what is said about the provider that answers from now on, None for the default one."""
    return f"{f'**{label}**' if label else 'The default chatbot'} now answers {where(channel)}."


def setting_changed(name: str, value: str | None, channel: int | None = None) -> str:
    """Return what is said about a setting of a server or a channel that has a new value, None for the default."""
    title = SETTING_TITLES[name]
    if value is None:
        return back_to_default(title, channel)
    return f"{title} is now {as_code(value, _MAX_VALUE_CHARS)} {where(channel)}."


def nickname_problem(reason: str) -> str:
    """Return what is added to a new name if the nickname could not follow it."""
    return f"{reason} The name itself is saved."


def nickname_out_of_sight() -> str:
    """Return why there is no nickname to change."""
    return "My nickname is unchanged: Discord doesn't show me this server."


def nickname_limited(seconds: float) -> str:
    """Return why a nickname is not changed if Discord refuses that for so many `seconds`."""
    return f"My nickname could not be set now: Discord limits that. Please use this command again {later(seconds)}."


def nickname_late() -> str:
    """Return why a nickname is not changed if Discord does not answer."""
    return "My nickname could not be set now: Discord did not answer in time."


def nickname_forbidden() -> str:
    """Return why a nickname is not changed without the permission for it."""
    return "Discord did not let me change my nickname: I need **Change Nickname**."


def nickname_rejected() -> str:
    """Return why a nickname is not changed if Discord does not accept it."""
    return "Discord doesn't accept that as my nickname here."


def nothing_changed(reason: str) -> str:
    """Return why a setting could not be changed."""
    return f"{reason} Nothing was changed."


def form_forgotten() -> str:
    """Return what is said if a form is sent after the bot has forgotten its message."""
    return "I no longer know which message this was about. Please open **Ask about this** again."


def message_withheld() -> str:
    """Return what is said if somebody asks about a message whose author has opted out."""
    return (
        "I don't pass that person's messages on, so I can't answer about this one. Please write a question of your own."
    )


def message_without_text() -> str:
    """Return what is said if neither the message nor the form has any text to ask."""
    return "That message has no text I could pass on. Please write a question."
