"""What a server's settings are: as `/settings show` lists them, and the nickname."""

from tests.e2e.stage import Stage


def nickname(stage: Stage) -> str | None:
    """Return the bot's nickname in the server."""
    return stage.guild.member(stage.app.bot).nick


async def shown_lines(stage: Stage) -> dict[str, str]:
    """Return what `/settings show` says in `general`: by name, the value and where it comes from."""
    shown = await stage.use(stage.admin, "settings show")
    assert shown.ephemeral
    lines = (line for line in shown.content.splitlines() if line.startswith("- **"))
    return dict(line.removeprefix("- **").partition("**: ")[::2] for line in lines)
