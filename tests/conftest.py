"""What all tests share: where the documents beside the checkout are, and the settings of the property tests."""

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.postgres",
    "tests.pgbouncer",
    "tests.cluster",
    "tests.databases",
    "tests.log_privacy_plugin.plugin",
]

# Property tests are judged by what they find, not by the speed of the machine they run on.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("brief", _UNHURRIED, max_examples=25)
settings.register_profile("ci", _UNHURRIED, max_examples=100, print_blob=True)
settings.register_profile("thorough", _UNHURRIED, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "brief"))


# What is imported and collected stays to the end: looking for garbage in it took a tenth of the whole suite.
gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from now on, but never in what there is already."""
    gc.freeze()
    gc.set_threshold(700, 10, 100)
    gc.enable()


_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def contract() -> str:
    """Give the contract's text: the names that others rely on. Skip if it is not beside the checkout."""
    file = _SHARED / "contract.md"
    if not file.is_file():
        pytest.skip("contract.md is not beside this checkout (shared)")
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def reference() -> Path:
    """Give the folder with the providers' and Discord's own documents, or skip if it is not beside the checkout."""
    folder = _SHARED / "reference"
    if not folder.is_dir():
        pytest.skip("the reference documents are not beside this checkout")
    return folder


LONGEST = (
    "tests/soak/",
    "tests/streaming/test_hostile_answers.py",
    "tests/text/test_commonmark.py",
    "tests/text/test_markdown_work.py",
    "tests/processes/",
)
"""Minutes each, or files that mostly wait: begun first, so that no worker is left alone with one at the end."""

SLOW = (
    "tests/soak/",  # ten minutes
    "tests/simcord/",  # a foreign library
    "tests/sandbox/page/",  # a browser
    "tests/sandbox/discord/test_documents.py",  # whole specifications
    "tests/sandbox/apis/test_samples.py",
    "tests/sandbox/apis/test_body_faults.py",  # every fault of every API
    "tests/providers/test_provider_table.py",
    "tests/process/",  # processes of their own
    "tests/processes/",
    "tests/store/test_opening.py",
    "tests/store/test_database.py",  # waits of real seconds
    "tests/store/test_line.py",
    "tests/answering/test_crowds_refused.py",  # crowds
    "tests/streaming/test_edit_scheduler_crowds.py",
    "tests/answering/test_kill.py",  # a kill at every moment
    "tests/commands/test_backup.py",
    "tests/commands/test_silent_server.py",
    "tests/commands/test_copy_database.py",
    "tests/commands/test_erase_all.py",
    "tests/commands/test_copy_refusals.py",
    "tests/commands/test_encrypting.py",
    "tests/store/test_encryption",
    "tests/store/test_migrations.py",  # every step of the schema
    "tests/store/test_upgrade_of_0_1_0.py",
    "tests/store/test_kill.py",
    "tests/store/test_buttons.py",  # every value in every shape, on both databases
    "tests/store/test_expiry.py",
    "tests/store/test_remote_conversations.py",
    "tests/store/test_signals.py",
    "tests/store/test_welcome_store.py",
    "tests/log_privacy_plugin/",
    "tests/sandbox/test_script.py",
    "tests/sandbox/test_real_apis.py",
    "tests/deploy/test_tools.py",  # foreign tools
    "tests/deploy/test_healthcheck.py",
    "tests/bench/test_scale.py",
    "tests/deploy/test_prometheus.py",
    "tests/clients/",  # foreign libraries
    "tests/text/test_discord_dialect.py",  # foreign parsers
    "tests/text/test_commonmark.py",
    "tests/text/test_markdown_work.py",  # soaks
    "tests/e2e/test_crowds.py",
    "tests/e2e/test_database_calls.py",
    "tests/e2e/test_export_crowd.py",
    "tests/e2e/test_five_minutes.py",
    "tests/e2e/test_forms_elsewhere.py",  # several processes of one bot
    "tests/e2e/test_operators_view.py",
    "tests/e2e/test_presses_elsewhere.py",
    "tests/e2e/test_settings_elsewhere.py",
    "tests/e2e/test_shards.py",
    "tests/e2e/test_about.py",  # many conversations of several people, each in a Discord of its own
    "tests/e2e/test_answer_threads.py",
    "tests/e2e/test_buttons.py",
    "tests/e2e/test_conversations.py",
    "tests/e2e/test_opt_out.py",
    "tests/e2e/test_privacy.py",
    "tests/e2e/test_private_replies.py",
    "tests/e2e/test_provider_settings.py",
    "tests/e2e/test_remote_conversations.py",
    "tests/e2e/test_retention.py",
    "tests/e2e/test_several_askers.py",
    "tests/e2e/test_speakers.py",
    "tests/e2e/test_surfaces.py",
    "tests/e2e/test_settings.py",
    "tests/e2e/test_lost_database.py",
    "tests/e2e/test_places.py",
    "tests/e2e/test_user_keys.py",
    "tests/e2e/test_welcome.py",
    "tests/e2e/test_what_is_read.py",
    "tests/e2e/test_attacks_in_haste.py",  # servers with chatbots of their own, limits and outages
    "tests/e2e/test_attacks_on_servers.py",
    "tests/e2e/test_encryption_at_rest.py",
    "tests/e2e/test_fallbacks.py",
    "tests/e2e/test_limit_settings.py",
    "tests/e2e/test_limits.py",
    "tests/e2e/test_opt_out_attacks.py",
    "tests/e2e/test_servers_own_chatbots.py",
    "tests/e2e/test_setup",
    "tests/e2e/test_shared_limit.py",
    "tests/e2e/test_usage.py",
    "tests/e2e/test_auto_reply.py",
    "tests/e2e/test_refusal_codes.py",
    "tests/e2e/test_unreadable_replies.py",
    "tests/e2e/test_versions.py",
    "tests/e2e/test_automod.py",  # a Discord, a database or chat APIs that refuse, fail or make the bot wait
    "tests/e2e/test_catching_up.py",
    "tests/e2e/test_database_of_0_1_0.py",
    "tests/e2e/test_discord_faults.py",
    "tests/e2e/test_failing_postgres.py",
    "tests/e2e/test_failover.py",
    "tests/e2e/test_full_disk.py",
    "tests/e2e/test_gateway.py",
    "tests/e2e/test_lost_database.py",
    "tests/e2e/test_old_messages.py",
    "tests/e2e/test_outages.py",
    "tests/e2e/test_provider_timeouts.py",
    "tests/e2e/test_rate_limits.py",
    "tests/e2e/test_refused_crowd.py",
    "tests/e2e/test_refused_errands.py",
    "tests/e2e/test_pooling_proxy.py",
    "tests/e2e/test_slow_database.py",
    "tests/e2e/test_stopping.py",
    "tests/e2e/test_two_processes.py",
    "tests/e2e/provider_faults/",
    "tests/store/test_faults.py",
    "tests/store/test_failover.py",
    "tests/store/test_pooling_proxy.py",
    "tests/store/test_direct_address.py",
    "tests/discord/gateway/test_endless.py",
    "tests/sandbox/discord/rest/test_nonsense.py",
    "tests/streaming/test_renderer_work.py",
    "tests/streaming/test_hostile_answers.py",
    "tests/e2e/test_hostile_answers.py",
    "tests/text/test_hostile_settings.py",
    "tests/store/test_growth",
)
"""Paths of tests that are slow by nature: `make slow` runs them, `make test` does not."""


_ROOT = Path(__file__).resolve().parents[1]


def _is_slow(path: Path) -> bool:
    return path.relative_to(_ROOT).as_posix().startswith(SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what only `make slow` runs: half of all tests, and each process would import and collect them."""
    return True if config.getoption("markexpr") == "not slow" and _is_slow(collection_path) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Mark the tests of these paths as slow, and put the longest first: the others fit beside it."""
    for item in items:
        if _is_slow(item.path):
            item.add_marker(pytest.mark.slow)
    yield
    items.sort(key=lambda item: not item.path.relative_to(_ROOT).as_posix().startswith(LONGEST))
