"""Runs the tests of this folder in real time: they are about sockets."""

import asyncio
from collections.abc import Callable, Mapping

import pytest


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Hand pytest-asyncio the usual loop."""
    return {"real": asyncio.new_event_loop}
