"""What `check` says of servers that bring their own chatbots."""

import pytest

from bot.diagnostics.report import to_line
from bot.diagnostics.rules import brought_result


@pytest.mark.parametrize(("servers", "said"), [(0, "No server has"), (1, "1 server brought"), (3, "3 servers brought")])
def test_it_is_said_how_many_servers_brought_credentials(servers: int, said: str) -> None:
    assert said in to_line(brought_result(servers))
