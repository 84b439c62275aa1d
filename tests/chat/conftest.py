"""Runs every asynchronous test of this folder in virtual time."""

from collections.abc import Mapping

import pytest

from tests.virtual_time import VirtualTimeLoop, virtual_loops


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, type[VirtualTimeLoop]]:
    """Hand pytest-asyncio the loop for this folder's tests."""
    return virtual_loops()
