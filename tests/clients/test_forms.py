"""What a form's fields are to discord.js, which reads every kind of them: the sandbox sends them as Discord does."""

import json

import pytest

from sandbox.discord import Discord
from tests.clients.client import SECONDS, node_client, running


@pytest.mark.timeout(180)  # seconds; each step has a limit of its own
async def test_discordjs_reads_every_kind_of_field() -> None:
    client = node_client("discord.js", "discordjs_bot.cjs")
    client.require()
    async with Discord() as discord:
        app = discord.create_application("Switchboard")
        alice, bob = discord.create_user("alice"), discord.create_user("bob")
        guild = discord.create_guild("Home", alice, bob)
        guild.add_bot(app)
        general = guild.add_text_channel("general")
        async with running(client, {"TOKEN": app.token, "API_URL": discord.api_url}) as bot:
            await bot.printed("ready")
            form = await alice.slash(general, "form")
            assert form.modal is not None, bot.trouble()
            files = [("a.txt", b"1"), ("b.txt", b"22")]
            sent = await alice.submit(
                form, files=files, size="Big", days=["Small", "Big"], sure=True, whom=[alice, bob]
            )
            answer = await sent.wait_until(timeout=SECONDS)
        assert bot.errors == []
    assert json.loads(answer.content) == {
        "files": ["a.txt 1", "b.txt 2"],
        "size": "b",
        "days": ["s", "b"],
        "sure": True,
        "whom": ["alice", "bob"],
    }
