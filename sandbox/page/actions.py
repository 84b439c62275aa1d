"""The page's requests by name, each carried out as the account that the visitor uses."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sandbox.discord.errors import Json
from sandbox.discord.model.components import WITH_OPTIONS, Kind, walk
from sandbox.environment import BotNotReady
from sandbox.page.commands import list_commands, list_menus, read_options
from sandbox.page.history import read_history
from sandbox.page.requests import InvalidRequest, Request, read_file
from sandbox.page.session import Session
from sandbox.page.threads import THREAD_ACTIONS
from sandbox.page.tryouts import TRYOUT_ACTIONS
from sandbox.page.views import view_interaction
from sandbox.page.what_happened import tell

Action = Callable[[Session, Request], Awaitable[Json | None]]


async def enter(session: Session, request: Request) -> Json:
    """Switch to another account, and return what it sees."""
    session.person = session.context.personas.find(request.text("who", ""))
    return session.everything()


async def history(_session: Session, request: Request) -> Json:
    """Return a part of a channel's messages."""
    return read_history(request)


async def say(session: Session, request: Request) -> None:
    """Write a message."""
    answered = request.message("reply_to") if request.body.get("reply_to") else None
    ping = not request.flag("silent")
    await session.person.say(
        request.channel(), request.text("text", ""), reply_to=answered, ping=ping, attachments=request.files()
    )


async def edit(session: Session, request: Request) -> None:
    """Change an own message."""
    await session.person.edit(request.message(), request.text("text"))


async def delete(session: Session, request: Request) -> None:
    """Delete a message."""
    await session.person.delete(request.message())


async def type_on(session: Session, request: Request) -> None:
    """Show the others that the person types."""
    await session.person.type(request.channel())


async def commands(session: Session, request: Request) -> Json:
    """Return the slash commands that the person is offered in a channel."""
    return {"commands": list_commands(request.channel(), session.person)}


async def menus(session: Session, request: Request) -> Json:
    """Return the commands in the menu of a channel's messages."""
    return {"commands": list_menus(request.channel(), session.person)}


async def slash(session: Session, request: Request) -> Json:
    """Use a slash command."""
    channel, command = request.channel(), request.text("command")
    options = read_options(request, channel, command)
    return view_interaction(await session.person.slash(channel, command, **options))


async def autocomplete(session: Session, request: Request) -> Json:
    """Return what the bot offers for an option that is being typed."""
    channel, command, option = request.channel(), request.text("command"), request.text("option")
    others = {name: value for name, value in read_options(request, channel, command).items() if name != option}
    typed = request.text("typed", "")
    return {"choices": await session.person.autocomplete(channel, command, option, typed, **others)}


async def use_menu(session: Session, request: Request) -> Json:
    """Use a command from a message's menu."""
    return view_interaction(await session.person.use_menu(request.message(), request.text("command")))


async def press(session: Session, request: Request) -> Json:
    """Press a button."""
    return view_interaction(await session.person.press(request.message(), request.text("button")))


async def choose(session: Session, request: Request) -> Json:
    """Choose in a select menu; what is no text of the menu's own is named by its id."""
    values = request.items("values")
    chosen = values if request.flag("texts") else [request.named(value) for value in values]
    return view_interaction(await session.person.choose(request.message(), request.text("menu"), *chosen))


async def submit(session: Session, request: Request) -> Json:
    """Send a form."""
    form = request.interaction()
    kinds = {
        field["custom_id"]: field["type"] for field in walk((form.modal or {})["components"]) if "custom_id" in field
    }
    fields = {name: _answer(kinds.get(name), value, request) for name, value in request.values("fields").items()}
    return view_interaction(await session.person.submit(form, fields))


def _answer(kind: int | None, value: object, request: Request) -> object:
    """Return what a person put into a form's field of this kind."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, list):
        return str(value)
    if kind == Kind.FILE_UPLOAD:
        return [read_file(file) for file in value]
    return [str(item) if kind in WITH_OPTIONS else request.named(item) for item in value]


async def what_happened(session: Session, request: Request) -> Json:
    """Return what happened to the answer that a message belongs to, in its newest run or an earlier one."""
    return tell(session.context.env, request.message(), session.person, request.count("run"))


async def watch(session: Session, request: Request) -> None:
    """Open or close the side panel."""
    if request.flag("on"):
        session.debug_panel.begin()
        session.watching.set()
    else:
        session.watching.clear()


async def fault(session: Session, request: Request) -> None:
    """Switch a chat API's fault on or off, or make its next requests fail."""
    await session.context.faults.switch_api(request.text("api"), request.text("fault", ""), request.count("times"))


async def discord_fault(session: Session, request: Request) -> None:
    """Switch one of Discord's faults on or off, or break the connection once."""
    await session.context.faults.switch_discord(request.text("fault"), on=request.flag("on"))


async def bot(session: Session, request: Request) -> None:
    """Start, stop, kill or restart the bot; its state says if it did not start."""
    order = request.text("order")
    if order in ("stop", "kill", "restart"):
        await session.context.supervisor.stop(kill=order == "kill")
    if order in ("start", "restart"):
        with contextlib.suppress(BotNotReady):
            await session.context.supervisor.start()


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        "enter": enter,
        "history": history,
        "say": say,
        "edit": edit,
        "delete": delete,
        "type": type_on,
        "commands": commands,
        "menus": menus,
        "slash": slash,
        "autocomplete": autocomplete,
        "use-menu": use_menu,
        "press": press,
        "choose": choose,
        "submit": submit,
        "what-happened": what_happened,
        "watch": watch,
        "fault": fault,
        "discord-fault": discord_fault,
        "bot": bot,
        **THREAD_ACTIONS,
        **TRYOUT_ACTIONS,
    }
)
"""Every request that the page makes."""


def find_action(request: Request) -> Action:
    """Return what the request asks for. Raises `InvalidRequest`."""
    action = ACTIONS.get(request.text("do"))
    if action is None:
        raise InvalidRequest("there is no such request")
    return action
