"""The page's people and places: who can be tried out, where, and what a first visit offers to try."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.discord import Permission, Person
from sandbox.environment import Environment


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody whom the visitor can be."""

    person: Person
    note: str
    """What this person may do, in a few words."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that a first visit offers: what the button says, and what it does in the channel that is open."""

    title: str
    about: str
    actions: Sequence[Mapping[str, object]]
    """Requests as `sandbox.page.actions` takes them, without the channel."""
    opens_panel: bool = False


@dataclass(frozen=True, slots=True)
class Personas:
    """Whom the page can play, the first by default, and what it offers to try."""

    all: Sequence[Persona]
    suggestions: Sequence[Suggestion]

    def find(self, key: str) -> Person:
        """Return the person with this id, or the first one."""
        return next((role.person for role in self.all if str(role.person.id) == key), self.all[0].person)


def set_up_personas(env: Environment, *, real: bool = False) -> Personas:
    """Add what the page needs: more people, channels where not everybody may do everything, a second server.

    `real` says that a real chat API answers, which cannot be told to fail.
    """
    discord, home, app = env.discord, env.guild, env.app
    carol, dave = discord.create_user("carol"), discord.create_user("dave")
    moderators = home.add_role("moderators", Permission.MANAGE_MESSAGES, mentionable=True)
    home.add_member(carol, moderators)
    env.general.topic = "Mention the bot and it answers"
    events = home.add_text_channel("announcements", topic="Everybody reads, only admins write")
    events.overwrite(home.everyone, deny=Permission.SEND_MESSAGES)
    staff = home.add_text_channel("staff", topic="Only admins see this channel")
    staff.overwrite(home.everyone, deny=Permission.VIEW_CHANNEL)
    next_door = discord.create_guild("Next Door", dave, env.alice)
    next_door.add_bot(app)
    next_door.add_text_channel("lobby", topic="Another server: other settings, other conversations")
    roles = (
        Persona(env.alice, "admin"),
        Persona(env.bob, "member"),
        Persona(carol, "moderator"),
        Persona(dave, "stranger"),
    )
    return Personas(roles, _suggestions(env, real=real))


def _suggestions(env: Environment, *, real: bool) -> Sequence[Suggestion]:
    mention = env.app.bot.mention
    growing = Suggestion(
        "Ask for some Python",
        "Mentions the bot; its answer grows as it is written.",
        ({"do": "say", "text": f"{mention} write me some Python code"},),
    )
    if real:
        commands = Suggestion("See what it can do", "Uses the command /help.", ({"do": "slash", "command": "help"},))
        memory = Suggestion(
            "Ask what you said",
            "Shows whether it remembers.",
            ({"do": "say", "text": f"{mention} what did I say before?"},),
        )
        return growing, commands, memory
    rich = Suggestion(
        "Order a pizza",
        "Uses /chatbot ask, whose answer has cards and buttons.",
        ({"do": "slash", "command": "chatbot ask", "options": {"question": "Show me the menu"}},),
    )
    cut = Suggestion(
        "Cut it off",
        "Breaks the chat API's next answer off half-way.",
        (
            {"do": "fault", "api": "chatbase", "fault": "cut", "times": 1},
            {"do": "say", "text": f"{mention} tell me a long story"},
        ),
        opens_panel=True,
    )
    return growing, rich, cut
