"""Rows of a live trader for tests and pictures: the terminal well, not live yet, trying again, hung."""

from typing import Any

from fake_books import status
from fake_market import BOND, CLOCK, STOCK

from qmtdesk.domain.reason import Why, because
from qmtdesk.wire.live_talk import FoundRow, HealthRow, TrialRow
from qmtdesk.wire.texts_trial import ASSUMPTIONS

PICTURES = ("live", "unsaid", "retry", "hung")


def health(**more: Any) -> HealthRow:
    """A terminal as it should be."""
    row: dict[str, Any] = {
        "trade_stage": "up", "trade_since": CLOCK - 4_320_000, "answered_at": CLOCK - 1_200, "connects": 1,
        "accounts": 1, "quotes_stage": "up", "quotes_since": CLOCK - 4_318_000, "tick_at": CLOCK - 800,
        "subscribed": 48,
    }  # fmt: skip
    return HealthRow(**{**row, **more})


def found(*, clean: bool = False) -> FoundRow:
    """A stock whose limits differ, a bond whose unit was found."""
    if clean:
        return FoundRow(units=((BOND, 10),))
    why = because(
        Why.LIMIT_DISAGREES, limit_up_milli=11_000, told_up_milli=10_500, limit_down_milli=9_000, told_down_milli=9_500
    )
    differences = ((STOCK, "limits 9.5-10.5 instead of 9-11", why), (BOND, "PriceTick 0.01 instead of 0.001", None))
    return FoundRow(differences=differences, units=((BOND, 10), ("127012.SZ", 1)))


def live_rows(picture: str) -> list[Any]:
    """What replaces the rows of the paper market."""
    told: dict[str, Any] = {"mode": "live", "account": "66****396", "live_said": True,
                            "reported_day": "2026-11-16"}  # fmt: skip
    if picture == "live":
        return [status(**told), health(), found(clean=True)]
    if picture == "unsaid":
        unsaid = {**told, "live_said": False, "reported_day": "", "master": False}
        return [status(**unsaid, grids_running=2, guards_armed=1), health(), found()]
    stage = {"trade_stage": "closed", "trade_text": "connect: -1", "failures": 3, "next_try_at": CLOCK + 12_000}
    if picture == "hung":
        stage = {"trade_stage": "hung", "trade_text": "query_stock_asset: 20 s", "hung": 2}
    gone = status(
        **told, lamp_trade="blind", trade_age_ms=47_000, blockers=(because(Why.LINK_DOWN),), blocker_codes=("",)
    )
    return [gone, health(connects=4, accounts=2, strays=3, status=3, **stage), found()]


def trial(step: str, **verdicts: str) -> TrialRow:
    """A trial at a step, with what was found so far."""
    found = tuple((name, verdicts.get(name, "none"), "answer 120 ms · working 310 ms" if name == "answer" else "")
                  for name in ASSUMPTIONS)  # fmt: skip
    report = "demo/trial-20261120-102437.txt" if step == "done" else ""
    return TrialRow(step=step, code=BOND, last=119_388, price=94_800, volume=10, ref="qabcd261120-000007",
                    since=CLOCK - 12_000, findings=found, report=report)  # fmt: skip
