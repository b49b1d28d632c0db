"""A trader that has just begun is asked how it stands before it has drawn its first picture."""

import threading
from pathlib import Path

from test_client import FakeTrader
from test_pictures_of_trust import status

from qmtdesk.simulate.market_day import MarketDay
from qmtdesk.trader.asked import Answered, ask_trader
from qmtdesk.wire.talk import Batch, Beat, Page


def test_the_status_that_comes_after_an_empty_picture_is_the_answer(tmp_path: Path) -> None:
    trader, answers = FakeTrader(tmp_path), []
    asking = threading.Thread(target=lambda: answers.append(ask_trader(tmp_path)))
    asking.start()
    while not trader.talks:
        asking.join(0.01)
        assert asking.is_alive()
    row = status(MarketDay().open())
    trader.talks[0].say(
        Page("b1", 0, first=True, last=True, rows=()),
        Beat("b1", 1, 1, 1),
        # with this it has its answer and hangs up: nothing may follow
        Batch("b1", 1, (row,), ()),
    )
    asking.join(10)
    trader.stop()
    assert answers == [Answered("x", row.ready, row.live_orders, None)]
