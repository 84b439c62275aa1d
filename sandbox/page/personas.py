"""The page's people and channels, what its greeting suggests to try, and a chatbot that a server may bring."""

import base64
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.discord import Permission, Person
from sandbox.environment import Environment

_GREETING = (
    "This is the real bot, with local stand-ins for Discord and its five chatbots. Nothing leaves your machine. "
    "Three things to try:"
)
_GREETING_REAL = (
    "This is the real bot on a local stand-in for Discord. What you ask goes to the chatbots whose keys you set up. "
    "Three things to try:"
)

_WISHES = ("A table", "A picture", "A formula", "Some code", "A spoiler", "All at once", "What can you do?")
"""What the local chatbots have answers for."""


@dataclass(frozen=True, slots=True)
class Persona:
    """An account that the visitor can use."""

    person: Person
    note: str
    """What this person may do, in a few words."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A button in the greeting: its label, and what it does in the open channel; small without `about`."""

    title: str
    about: str
    actions: Sequence[Mapping[str, object]]
    """Requests as `sandbox.page.actions` takes them, without the channel."""
    opens_panel: bool = False


@dataclass(frozen=True, slots=True)
class OwnChatbot:
    """A chatbot that an admin can set up with `/setup`: who it says it is, and its values as the form asks for them."""

    provider: str
    name: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Personas:
    """The accounts to choose from, the first by default, and the greeting with its suggestions."""

    all: Sequence[Persona]
    others: tuple[Person, Person, Person]
    """People who are members of every server, and act only when the visitor has them do so."""
    greeting: str
    suggestions: Sequence[Suggestion]
    own_chatbot: OwnChatbot | None
    """Or None with a real API, which knows no invented accounts."""

    def find(self, key: str) -> Person:
        """Return the person with this id, or the first one."""
        return next((role.person for role in self.all if str(role.person.id) == key), self.all[0].person)


def set_up_personas(env: Environment, *, real: bool = False) -> Personas:
    """Add what the page needs: more people, channels with different permissions, a forum, a second server, a key.

    `real` says that a real chat API answers, which cannot be told to fail.
    """
    discord, home, app = env.discord, env.guild, env.app
    carol, dave = discord.create_user("carol"), discord.create_user("dave")
    others = discord.create_user("erin"), discord.create_user("frank"), discord.create_user("grace")
    moderators = home.add_role("moderators", Permission.MANAGE_MESSAGES, mentionable=True)
    home.add_member(carol, moderators)
    for person in others:
        home.add_member(person)
    env.general.topic = "Mention the bot to ask it something"
    events = home.add_text_channel("announcements", topic="Only admins can write here")
    events.overwrite(home.everyone, deny=Permission.SEND_MESSAGES)
    staff = home.add_text_channel("staff", topic="Only admins can see this channel")
    staff.overwrite(home.everyone, deny=Permission.VIEW_CHANNEL)
    home.add_forum("help", topic="A forum: each question is a post with a thread of its own")
    next_door = discord.create_guild("Next Door", dave, env.alice, *others)
    next_door.member(env.alice).set_nick("Alice next door")
    next_door.add_bot(app)
    next_door.add_text_channel("lobby", topic="Another server, with its own settings and conversations")
    roles = (
        Persona(env.alice, "admin"),
        Persona(env.bob, "member"),
        Persona(carol, "moderator"),
        Persona(dave, "in another server"),
    )
    greeting = _GREETING_REAL if real else _GREETING
    env.settings.setdefault("SECRET_KEY", base64.b64encode(os.urandom(32)).decode())  # or there is no /setup
    return Personas(roles, others, greeting, _suggestions(env, real=real), None if real else _own_chatbot(env))


def _own_chatbot(env: Environment) -> OwnChatbot:
    account = env.apis.chatbase.others[0]
    values = {"API key": account.api_key, "Chatbot ID": account.chatbot_id}
    return OwnChatbot("Chatbase", account.persona.name, values)


def _suggestions(env: Environment, *, real: bool) -> Sequence[Suggestion]:
    mention = env.app.bot.mention
    growing = Suggestion(
        "Ask for some Python",
        "Mentions the bot. Its answer appears while it is being written.",
        ({"do": "say", "text": f"{mention} write me some Python code"},),
    )
    if real:
        commands = Suggestion("See what it can do", "Uses the /help command.", ({"do": "slash", "command": "help"},))
        memory = Suggestion(
            "Ask what you said",
            "Shows whether the chatbot remembers you.",
            ({"do": "say", "text": f"{mention} what did I say before?"},),
        )
        return growing, commands, memory
    rich = Suggestion(
        "Order a pizza",
        "Uses /chatbot ask. The answer has cards and buttons.",
        ({"do": "slash", "command": "chatbot ask", "options": {"question": "Show me the menu"}},),
    )
    cut = Suggestion(
        "Cut an answer off",
        "Drops the connection to the chat API in the middle of its next answer.",
        (
            {"do": "fault", "api": "chatbase", "fault": "cut", "times": 1},
            {"do": "say", "text": f"{mention} tell me a long story"},
        ),
        opens_panel=True,
    )
    asked = [Suggestion(wish, "", ({"do": "say", "text": f"{mention} {wish.lower()}"},)) for wish in _WISHES]
    return growing, rich, cut, *asked
