"""Before the day's list is there a cancel leaves only where the rules of its code let it."""

import pytest

from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.engine.work import phase_takes_cancels
from qmtdesk.simulate.market_day import BOND, MarketDay


@pytest.mark.parametrize(("hour", "minute", "takes"), [(9, 17, True), (9, 22, False), (10, 0, True)])
def test_the_phase_of_a_code_is_known_without_the_days_list(hour: int, minute: int, takes: bool) -> None:
    day = MarketDay().open()
    state = replace(day.state, listings={}, at=at_of(day.day, hour, minute))
    assert phase_takes_cancels(state, BOND) is takes


def test_a_code_without_rules_which_only_somebody_else_orders_is_asked_anyway() -> None:
    day = MarketDay().open()
    assert phase_takes_cancels(day.state, "204001.SH")
