"""Deliberate mistakes in what is believed of a counter, a link, a second program and a clock."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.account import AccountReport
from qmtdesk.engine import (
    believing,
    clock_skew,
    connection,
    days,
    earlier,
    gate,
    identity,
    ledger,
    meant,
    missing,
    moved,
    reconcile,
    taken_off,
)
from qmtdesk.engine.work import Work
from qmtdesk.simulate.patching import Patch, no_checks


def odd_is_understood(patch: Patch) -> None:
    patch.set(meant, "unread", lambda _row: "")


def any_status(patch: Patch) -> None:
    patch.set(connection, "status_told", lambda *_: None)
    no_checks("_status")(patch)


def looks_of_before(patch: Patch) -> None:
    patch.set(reconcile, "_look_anew", lambda _work: None)


def empty_is_flat(patch: Patch) -> None:
    patch.set(believing, "gaps_of", lambda *_: believing.NOTHING)


def any_account(patch: Patch) -> None:
    patch.set(identity, "_ours", lambda *_: True)


def changes_unseen(patch: Patch) -> None:
    patch.set(ledger, "_as_accepted", lambda _work, order, _row: order)


def flaps_forgotten(patch: Patch) -> None:
    patch.set(connection, "_lost", lambda _work: None)


def others_unseen(patch: Patch) -> None:
    patch.set(identity, "_notice", lambda *_: True)


def any_clock(patch: Patch) -> None:
    patch.set(clock_skew, "_judge", lambda *_: None)


def nothing_listed_is_nothing_held(patch: Patch) -> None:
    patch.set(believing, "EMPTY_AGREE_MS", believing.AGREE_MS)


def vanished_is_over(patch: Patch) -> None:
    patch.set(missing, "AGREE_MS", 0)
    patch.set(missing, "LOOKS", 1)
    patch.set(missing, "LOOKING_MS", 0)
    patch.set(taken_off, "_rest_gap", lambda *_: True)


def transfers_are_losses(patch: Patch) -> None:
    patch.set(moved, "compare", lambda _work, _elsewhere: None)


def every_list_is_a_start(patch: Patch) -> None:
    real = days.opened

    def opened(work: Work, event: m.DayOpened) -> None:
        real(work, event)
        days.start_disarmed(work)

    patch.set(days, "opened", opened)


def silence_is_fine(patch: Patch) -> None:
    patch.set(connection, "unanswered", lambda _work: None)
    patch.set(gate, "UNANSWERED", 10**9)


def yesterday_counts(patch: Patch) -> None:
    patch.set(earlier, "before_today", lambda *_: False)


def books_before_trades(patch: Patch) -> None:
    real = reconcile.take_in

    def take_in(work: Work, request: int, report: AccountReport) -> bool:
        if real(work, request, report):
            reconcile.finish(work)
        return False

    patch.set(reconcile, "take_in", take_in)
