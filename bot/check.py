"""`python -m bot check`: one line for each thing the bot needs, and whether it is well. It opens no gateway."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO

import discord
from discord import app_commands

from bot.crypto.opening import open_cipher
from bot.diagnostics import rules
from bot.diagnostics.encryption import encryption_result
from bot.diagnostics.probes import probe_database, probe_provider
from bot.diagnostics.processes import processes_result
from bot.diagnostics.report import CheckResult, Status, to_line
from bot.discord.application import invite_link, may_read_messages
from bot.discord.gateway.connection import BAD_TOKEN, point_at
from bot.discord.rate_limits.trace import RateLimitTrace
from bot.domain.cluster.processes import Process
from bot.domain.cluster.shards import ShardShare
from bot.domain.errors import DatabaseUnavailable
from bot.domain.leases import new_owner_id
from bot.domain.secrets.encryption import EncryptionState
from bot.operations.cluster.joining import agreed_count
from bot.providers import open_providers
from bot.providers.http import Http
from bot.settings import Configuration, Settings
from bot.store.errors import DatabaseOpenError
from bot.store.open import examine_store, open_lease, open_store, search_for_damage
from bot.store.upgrade import Schema
from bot.streaming.rate_limiter import RateLimiter
from bot.strings import dependencies as say
from bot.strings.diagnostics import invite_in_terminal
from bot.strings.host.access import ACCESS, leaves, no_policy

_DISCORD_SECONDS = 15.0
"""How long Discord may take to tell what it knows of the bot; discord.py itself would wait for minutes."""

_DATABASE_SECONDS = 15.0
_PROVIDER_SECONDS = 20.0

_MAX_SERVERS = 200
"""How many servers one request lists: Discord's documentation, "Get Current User Guilds"."""


async def check(configuration: Configuration, out: TextIO) -> int:
    """Write the lines to `out`, and return the exit code: 0 if nothing that could be tried is wrong, otherwise 1."""
    settings = configuration.bot
    point_at(settings)
    well = True

    def tell(findings: Sequence[CheckResult]) -> None:
        nonlocal well
        for finding in findings:
            well = well and finding.level is not Status.ERROR
            out.write(f"{to_line(finding)}\n")
        out.flush()

    tell(_settings(configuration))
    tell(await _database(settings))
    found, invite, bot = await _discord(settings)
    tell(found)
    tell(await _processes(settings, bot))
    if invite:
        out.write(f"{invite_in_terminal(invite)}\n")
    async with (
        Http(idle_timeout=10, total_timeout=_PROVIDER_SECONDS, proxies=settings.proxies) as http,
        asyncio.TaskGroup() as trials,
    ):
        providers = open_providers(configuration.providers, http).values()
        begun = [trials.create_task(probe_provider(provider, _PROVIDER_SECONDS)) for provider in providers]
        for trial in begun:
            tell([await trial])
    return 0 if well else 1


def _settings(configuration: Configuration) -> list[CheckResult]:
    sentence = say.configured(list(configuration.providers), configuration.default)
    warnings = [CheckResult(Status.WARNING, say.SETTINGS, *say.incomplete(each)) for each in configuration.incomplete]
    exposed = configuration.exposed_file
    if exposed is not None:
        warnings.append(CheckResult(Status.WARNING, say.SETTINGS, *say.exposed(exposed.name)))
    if not configuration.bot.shared_credentials and configuration.bot.secret_key is None:
        warnings.append(CheckResult(Status.WARNING, say.SETTINGS, *say.servers_without_chatbots()))
    if configuration.bot.privacy_url is None:
        warnings.append(CheckResult(Status.INFO, say.SETTINGS, *no_policy()))
    return [CheckResult(Status.OK, say.SETTINGS, sentence), *warnings, _access(configuration)]


def _access(configuration: Configuration) -> CheckResult:
    settings = configuration.bot
    is_shared = settings.shared_credentials and bool(configuration.providers)
    return rules.access_result(settings.access, settings.shared_limit, is_shared=is_shared)


async def _database(settings: Settings) -> list[CheckResult]:
    """Try the database and the lease on it, and return how it is, and how its texts are encrypted.

    A database that a start would make or upgrade is left as it is.
    """
    url, cipher, brought = settings.database_url, open_cipher(settings.keys), 0
    state = EncryptionState(bool(cipher.key_ids), missing_keys={}, has_clear_texts=False)
    try:
        schema = await examine_store(url)
        is_proxied = schema is not Schema.MISSING and await _is_proxied(settings)
        match schema:
            case Schema.MISSING:
                found = CheckResult(Status.OK, say.DATABASE, say.database_missing())
            case Schema.EMPTY:
                found = CheckResult(Status.OK, say.DATABASE, say.database_empty())
            case Schema.OLDER:
                found = CheckResult(Status.INFO, say.DATABASE, say.database_older())
            case _:
                health = await search_for_damage(url, _DATABASE_SECONDS)
                async with open_store(url, cipher=cipher) as stores:
                    found = await probe_database(stores.metadata, health, _DATABASE_SECONDS)
                    with suppress(DatabaseUnavailable):  # which is told already
                        state = await stores.encryption.state()
                        brought = await stores.credentials.count_servers()
                found = rules.database_proxied() if is_proxied and found.level is Status.OK else found
        if is_proxied and settings.cluster_count > 1:
            found = rules.database_proxied(settings.cluster_count)
    except DatabaseOpenError as error:
        found = rules.database_closed(str(error), error.setting, is_damaged=error.is_damaged)
    of_servers = [rules.brought_result(brought)] if cipher.key_ids else []
    return [found, encryption_result(state), *of_servers]


async def _is_proxied(settings: Settings) -> bool:
    """Try the lease, and tell whether the database is reached through a pooling proxy."""
    direct_url = settings.database_direct_url
    async with open_lease(settings.database_url, new_owner_id(), direct_url=direct_url) as lease:
        return lease.is_proxied


async def _processes(settings: Settings, bot: int) -> list[CheckResult]:
    """Return which shards this process would run, and beside which others; nothing if it has all to itself."""
    share, others = settings.shard_share, await _living(settings, bot) if bot else ()
    if not others and share == ShardShare():
        return []
    return [processes_result(share, agreed_count(share, others), others)]


async def _living(settings: Settings, bot: int) -> Sequence[Process]:
    """Return the bot's processes that live now; none if a start would first make or upgrade the database."""
    url, direct_url = settings.database_url, settings.database_direct_url
    try:
        if await examine_store(url) is not Schema.CURRENT:
            return ()
        async with open_store(url) as stores, open_lease(url, new_owner_id(), direct_url=direct_url) as lease:
            found = await stores.processes.list(bot)
            ended = await lease.find_ended([each.id for each in found])
            return [each for each in found if each.id not in ended]
    except (DatabaseOpenError, DatabaseUnavailable):  # which is told already
        return ()


async def _discord(settings: Settings) -> tuple[list[CheckResult], str, int]:
    """Return what Discord tells of the bot, the invite link and the bot's id; nothing of that if Discord is silent."""
    wire = RateLimitTrace(RateLimiter())
    proxy = settings.proxies.for_url(settings.discord_api_url)
    client = discord.Client(intents=discord.Intents.none(), http_trace=wire.trace_config(), proxy=proxy)
    try:
        return await wire.within(_DISCORD_SECONDS, _application(client, settings))
    except discord.RateLimited as error:
        return [CheckResult(Status.ERROR, say.DISCORD, *say.discord_refuses(error.retry_after))], "", 0
    except discord.LoginFailure:
        return [CheckResult(Status.ERROR, say.DISCORD, say.token_refused(BAD_TOKEN))], "", 0
    except Exception as error:  # noqa: BLE001 - what is not Discord may answer with anything
        return [CheckResult(Status.ERROR, say.DISCORD, *say.discord_unreachable(type(error).__name__))], "", 0
    finally:
        await wire.close()
        await client.close()


async def _application(client: discord.Client, settings: Settings) -> tuple[list[CheckResult], str, int]:
    await client.login(settings.discord_token.get_secret_value())
    application = client.application
    assert application is not None, "logged in"
    registered = await app_commands.CommandTree(client).fetch_commands()
    servers = await client.http.get_guilds(_MAX_SERVERS, with_counts=False)
    granted = [(server["name"], int(server.get("permissions", 0))) for server in servers]
    findings = [
        CheckResult(Status.OK, say.DISCORD, say.token_works(str(client.user))),
        rules.intent_result(set_on=settings.message_content_intent, allowed=may_read_messages(application.flags)),
        rules.registered_result(len(registered)),
        rules.servers_result(granted, complete=len(granted) < _MAX_SERVERS),
    ]
    unserved = [server["name"] for server in servers if not settings.access.serves(int(server["id"]))]
    if unserved:
        findings.append(CheckResult(Status.WARNING, ACCESS, *leaves(unserved)))
    assert client.user is not None, "logged in"
    return findings, invite_link(application.id), client.user.id
