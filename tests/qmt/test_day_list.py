"""The list of the day while details are missing, old or doubtful: what is asked again, when, and what is told."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from qmtdesk.domain.instrument import Instrument
from qmtdesk.domain.messages import DayOpened
from qmtdesk.domain.sessions import at_of
from qmtdesk.gateways.qmt import names
from qmtdesk.gateways.qmt.day_list import PATIENT_LOOKS, DayList
from qmtdesk.gateways.qmt.list_questions import Asked

DAY = date(2026, 11, 23)
NINE = at_of(DAY, 9, 0)
BONDS, STOCK = ("113050.SH", "127045.SZ"), "600000.SH"
WANTED = frozenset({STOCK, BONDS[0]})
HOUR_S = 3_600


def page(code: str, close: float, day: str) -> dict[str, Any]:
    return {"InstrumentName": code, "PreClose": close, "TradingDay": day}


class Terminal:
    """Stands for the questions; `now` is the clock, `pages` what it knows."""

    def __init__(self, hour: int = 9, minute: int = 0) -> None:
        self.now = at_of(DAY, hour, minute)
        self.pages: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[int, list[str]]] = []
        self.sector: tuple[str, ...] = BONDS
        self.closes: dict[str, tuple[int, int]] = {}
        self.failed = ""
        self.list = DayList(self, lambda: self.now, lambda code: self.closes.get(code, (0, 0)))  # type: ignore[arg-type]

    def universe(self) -> tuple[str, ...]:
        return self.sector

    def fetch_sectors(self) -> str:
        return ""

    def ask(self, codes: list[str], _bonds: tuple[str, ...]) -> Asked:
        self.asked.append((self.now, list(codes)))
        return Asked({code: self.pages.get(code) for code in codes}, {}, self.failed)

    def knows(self, *codes: str, close: float = 120.0, day: str = "20261123") -> None:
        self.pages |= {code: page(code, close, day) for code in codes}

    def look(self, seconds: int = 0, wanted: frozenset[str] = WANTED) -> list[DayOpened]:
        """One look now, or one a second for so long: what was told."""
        told = [self.list.looked(wanted)]
        for _ in range(seconds):
            self.now += 1_000
            told.append(self.list.looked(wanted))
        return [each for each in told if each is not None]

    def pauses(self) -> list[int]:
        times = [at for at, _ in self.asked]
        return [(b - a) // 1_000 for a, b in pairwise(times)]


def codes(opened: DayOpened) -> set[str]:
    return {one.code for one in opened.instruments}


def one_of(opened: DayOpened, code: str = STOCK) -> Instrument:
    return next(one for one in opened.instruments if one.code == code)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_a_terminal_that_knows_nothing_yet_opens_no_day_and_says_so(terminal: Terminal) -> None:
    assert terminal.look(10) == []
    assert terminal.list.reason == names.NO_DETAILS.format(3, 3)
    terminal.knows(*BONDS, STOCK)
    (opened,) = terminal.look(10)
    assert codes(opened) == {*BONDS, STOCK}
    assert (terminal.list.reason, terminal.pauses()) == ("", [15])


def test_a_price_of_nothing_is_a_detail_that_is_missing(terminal: Terminal) -> None:
    terminal.knows(*BONDS, STOCK, close=0.0)
    assert terminal.look(20) == []


def test_a_terminal_that_knows_little_is_waited_for_and_not_for_ever(terminal: Terminal) -> None:
    terminal.knows(BONDS[0])
    (opened,) = terminal.look(HOUR_S)
    assert codes(opened) == {BONDS[0]}
    assert terminal.pauses()[: PATIENT_LOOKS + 1] == [15] * (PATIENT_LOOKS + 1)
    terminal.knows(*BONDS, STOCK)
    (opened,) = terminal.look(240)
    assert codes(opened) == {*BONDS, STOCK}


def test_a_held_stock_without_a_detail_is_asked_for_after_growing_pauses_and_told_when_it_comes(
    terminal: Terminal,
) -> None:
    terminal.knows(*BONDS)
    (opened,) = terminal.look(HOUR_S)
    assert codes(opened) == set(BONDS)
    assert terminal.pauses()[:6] == [15, 30, 60, 120, 240, 240]
    assert {tuple(asked) for _, asked in terminal.asked[1:]} == {(STOCK,)}
    assert terminal.list.reason == names.LACKING.format(1, STOCK)
    terminal.knows(STOCK, close=10.0)
    (opened,) = terminal.look(240)
    assert codes(opened) == {*BONDS, STOCK}
    asked = len(terminal.asked)
    assert terminal.look(HOUR_S) == []
    assert (len(terminal.asked), terminal.list.reason) == (asked, "")


def test_a_code_that_comes_to_be_wanted_is_asked_for_at_once_beside_one_in_question(terminal: Terminal) -> None:
    terminal.knows(*BONDS)
    terminal.look(1_000)
    terminal.knows("600001.SH", close=10.0)
    (opened,) = terminal.look(wanted=WANTED | {"600001.SH"})
    assert "600001.SH" in codes(opened)


def test_a_code_without_rules_is_asked_for_once(terminal: Terminal) -> None:
    terminal.knows(*BONDS)
    terminal.look(HOUR_S, frozenset({"204001.SH", "999999.XX"}))
    assert len(terminal.asked) == 1
    assert terminal.list.reason == ""


def test_a_reason_goes_with_the_code_nobody_wants_any_more(terminal: Terminal) -> None:
    terminal.knows(*BONDS)
    terminal.look()
    assert terminal.list.reason
    terminal.look(wanted=frozenset(BONDS))
    assert terminal.list.reason == ""


def test_a_clock_set_back_does_not_put_the_next_question_off_for_hours(terminal: Terminal) -> None:
    terminal.knows(*BONDS)
    terminal.look(600)
    asked = len(terminal.asked)
    terminal.now -= 500_000
    terminal.look(60)
    assert len(terminal.asked) > asked


def test_a_list_without_any_code_is_asked_for_again(terminal: Terminal) -> None:
    terminal.sector = ()
    assert terminal.look(5, frozenset()) == []
    assert terminal.list.reason == names.NO_SECTOR
    terminal.sector = BONDS
    terminal.knows(*BONDS)
    (opened,) = terminal.look(15, frozenset())
    assert codes(opened) == set(BONDS)


# --- yesterday's page


def friday() -> Terminal:
    """Started at 9:26, and the terminal has not turned the page."""
    terminal = Terminal(9, 26)
    terminal.knows(*BONDS, STOCK, close=10.0, day="20261120")
    return terminal


def test_yesterdays_page_is_corrected_when_todays_is_there() -> None:
    terminal = friday()
    (opened,) = terminal.look()
    assert (one_of(opened).prev_close, terminal.list.reason) == (10_000, names.OLD_PAGE.format("2026-11-20"))
    terminal.knows(*BONDS, STOCK, close=10.5)
    (opened,) = terminal.look(15)
    assert (one_of(opened).prev_close, one_of(opened).limit_up) == (10_500, 11_550)
    assert (terminal.list.reason, terminal.list.differences) == ("", ())
    asked = len(terminal.asked)
    assert terminal.look(HOUR_S) == []
    assert len(terminal.asked) == asked


def test_a_page_that_stays_old_is_told_once_and_asked_for_again_and_again() -> None:
    terminal = friday()
    assert len(terminal.look(HOUR_S)) == 1
    assert terminal.pauses()[:6] == [15, 30, 60, 120, 240, 240]


def test_a_page_told_old_by_no_day_is_found_out_by_the_quotes() -> None:
    terminal = friday()
    terminal.knows(*BONDS, STOCK, close=10.0)
    terminal.closes[STOCK] = terminal.now, 10_500
    first, second = terminal.look(1)
    assert (one_of(first).told_close, one_of(second).told_close) == (0, 10_500)
    terminal.knows(STOCK, close=10.5)
    (opened,) = terminal.look(15)
    one = one_of(opened)
    assert (one.prev_close, one.limit_up, one.close_agrees, terminal.list.differences) == (10_500, 11_550, True, ())
    assert terminal.asked[-1][1] == [STOCK]


def test_what_the_quotes_say_stays_while_the_page_says_the_same() -> None:
    terminal = friday()
    terminal.closes[STOCK] = terminal.now, 10_500
    assert len(terminal.look(HOUR_S)) == 2
    assert len(terminal.asked) > 5
    assert (STOCK, names.CLOSE_DIFFERS.format(10.0, 10.5)) in terminal.list.differences


def test_a_detail_that_is_gone_for_a_moment_takes_nothing_off_the_list() -> None:
    terminal = friday()
    terminal.look()
    terminal.pages.clear()
    assert terminal.look(60) == []
    terminal.knows(*BONDS, STOCK, close=10.5)
    (opened,) = terminal.look(240)
    assert one_of(opened).prev_close == 10_500


def test_a_question_that_fails_is_asked_again_soon(terminal: Terminal) -> None:
    terminal.knows(*BONDS)
    terminal.look(14)
    terminal.failed = names.QUOTES_GONE
    terminal.look(5)
    assert terminal.list.reason == names.LIST_FAILED.format(names.QUOTES_GONE)
    terminal.failed = ""
    terminal.knows(STOCK, close=10.0)
    (opened,) = terminal.look(15)
    assert codes(opened) == {*BONDS, STOCK}


def test_a_code_whose_question_fails_keeps_no_other_from_being_listed() -> None:
    terminal = Terminal()
    terminal.knows(*BONDS, STOCK)
    terminal.look(wanted=WANTED | {"600519.SH"})
    asks = terminal.ask
    terminal.ask = lambda codes, bonds: (  # type: ignore[method-assign]
        Asked({}, {}, "broken") if "600519.SH" in codes else asks(codes, bonds)
    )
    terminal.knows("000001.SZ", close=10.0)
    told = terminal.look(HOUR_S, wanted=WANTED | {"600519.SH", "000001.SZ"})
    assert "000001.SZ" in {one.code for day in told for one in day.instruments}
