"""Fixtures of the tests over the real xtquant layer."""

from collections.abc import Iterator
from datetime import date

import pytest
from standins.install import installed, layer
from standins.terminal import ACCOUNT, OTHER, Terminal

from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.paper.exchange import PaperExchange
from qmtdesk.gateways.paper.generated import GeneratedFeed
from qmtdesk.gateways.paper.world import World

DAY = date(2026, 11, 20)


@pytest.fixture(scope="session")
def feed() -> GeneratedFeed:
    """One generated market for all tests; its days are made once."""
    return GeneratedFeed(1)


@pytest.fixture
def terminal(feed: GeneratedFeed) -> Iterator[Terminal]:
    """A terminal at ten in the morning whose clock stands until it is pumped; xtquant lies on its stand-ins."""
    if layer() is None:
        pytest.skip("the xtquant wheel is not installed (extra qmt)")
    at = at_of(DAY, 10, 0)
    terminal = Terminal(World(feed, PaperExchange(feed.account(at), seed=1), at), (ACCOUNT, OTHER))
    with installed(terminal):
        yield terminal
    terminal.close()
