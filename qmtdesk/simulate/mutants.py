"""Deliberate mistakes by name, and which promise must notice each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from qmtdesk.simulate import mistakes as x
from qmtdesk.simulate import mistakes_of_strategies as y
from qmtdesk.simulate import mistakes_of_trust as z
from qmtdesk.simulate.patching import Change, Patch, no_checks

PROMISES: dict[str, str] = {
    "I1": "never more on offer than may be sold",
    "I2": "a grid never sells more than it was given and bought",
    "I3": "each trade booked once, none missing",
    "I4": "one order per owner and side, at the level of its gap, none crossing",
    "I5": "exposure within its caps, doubts counted",
    "I6": "written down before it is sent, sent once",
    "I7": "nothing leaves while anything forbids it",
    "I8": "prices and volumes as the exchange takes them",
    "I9": "orders go forward only",
    "I10": "messages within the second, the minute and the day",
    "I11": "a guard sells what its rule says, once",
    "I12": "levels exact, pairs pay, money adds up",
    "I13": "other people's orders are left alone",
    "I14": "a restart knows what was known",
    "I15": "a desk shows what is, nothing left in a queue",
    "I16": "no account number and no token is told or written",
    "live": "a minute after the faults end all is well again",
    "determinism": "the same seed is the same story",
}
"""By their numbers on the reliability page."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake; `promises` are those that may notice it first, parted by spaces."""

    change: Change
    promises: str

    @property
    def noticed_by(self) -> frozenset[str]:
        """The promises that may notice it."""
        return frozenset(self.promises.split())


MUTANTS: dict[str, Mutant] = {
    "doubt-is-refusal": Mutant(x.doubt_is_refusal, "I4 I11 I2 I1 I14"),
    "one-look": Mutant(x.one_look, "I4 I11 I2 I1 I14"),
    "looks-of-before": Mutant(z.looks_of_before, "I4 I11 I2 I1 I14"),
    "no-reviving": Mutant(x.no_reviving, "I4 I11 I2 I1 I14"),
    "no-dedupe": Mutant(x.without_dedupe, "I3"),
    "no-sell-bound": Mutant(no_checks("_room"), "I1"),
    "room-forgets-offers": Mutant(x.room_forgets_offers, "I1"),
    "guard-sells-todays": Mutant(y.guard_sells_todays, "I1"),
    "clears-everything": Mutant(y.clears_everything, "I2"),
    "clears-the-users-own": Mutant(y.clears_the_users_own, "I2"),
    "clearing-goes-on": Mutant(y.clearing_goes_on, "I7"),
    "clears-at-any-price": Mutant(y.clears_at_any_price, "I8"),
    "adopts-twice": Mutant(y.adopts_twice, "I2"),
    "doubts-do-not-block": Mutant(x.doubts_do_not_block, "I4 I11 I7"),
    "own-orders-cross": Mutant(no_checks("_self_trade"), "I4"),
    "no-stale-check": Mutant(no_checks("_fresh"), "I7"),
    "old-news": Mutant(x.old_news, "I7"),
    "any-phase": Mutant(no_checks("_phase"), "I7"),
    "no-switches": Mutant(no_checks("_switches"), "I7"),
    "not-reconciled": Mutant(no_checks("_connection"), "I7"),
    "no-suspension": Mutant(no_checks("_suspended"), "I7 I10"),
    "arms-for-ever": Mutant(y.arms_for_ever, "I7"),
    "no-caps": Mutant(no_checks("_exposure"), "I5"),
    "caps-forget-doubts": Mutant(y.caps_forget_doubts, "I5"),
    "plans-forget-what-is-going": Mutant(y.plans_forget_what_is_going, "I5"),
    "off-tick": Mutant(y.off_tick, "I8"),
    "odd-lots": Mutant(y.odd_lots, "I8"),
    "no-rate": Mutant(no_checks("_rate"), "I10"),
    "day-uncapped": Mutant(y.day_uncapped, "I10"),
    "counters-kept": Mutant(y.counters_kept, "I10"),
    "young-cancels": Mutant(x.young_cancels, "I10"),
    "kill-forgets": Mutant(x.kill_forgets, "live"),
    "kill-takes-foreign": Mutant(x.foreign_is_ours, "I13"),
    "foreign-is-cancelled": Mutant(y.foreign_is_cancelled, "I13"),
    "disarm-forgets": Mutant(x.disarm_forgets, "live"),
    "never-asks": Mutant(y.never_asks, "I7 live I14"),
    "silent-refusals": Mutant(y.silent_refusals, "live"),
    "fills-unwritten": Mutant(x.fills_unwritten, "I2 I3 I14"),
    "sent-before-written": Mutant(x.sent_before_written, "I6"),
    "nothing-written": Mutant(x.nothing_written, "I6 I14"),
    "numbers-start-anew": Mutant(x.numbers_start_anew, "I6"),
    "cancels-anywhen": Mutant(x.cancels_anywhen, "I7"),
    "unsettled-is-done": Mutant(x.unsettled_is_done, "I1 I2 I3 I11"),
    "states-go-back": Mutant(x.states_go_back, "I9"),
    "latches-unwritten": Mutant(x.latches_unwritten, "I14"),
    "trails-unwritten": Mutant(y.trails_unwritten, "I14"),
    "day-roll-forgotten": Mutant(x.day_forgotten, "live I13 I4"),
    "orders-outlive-the-day": Mutant(x.day_kept_orders, "I2 I4 I13 live"),
    "float-levels": Mutant(x.float_levels, "I12"),
    "float-level-keys": Mutant(x.slots_by_price, "I4"),
    "roll-keeps-slots": Mutant(y.roll_keeps_slots, "I4 I12"),
    "sells-a-level-low": Mutant(y.sells_a_level_low, "I12"),
    "pair-follows-the-fill": Mutant(y.pair_follows_the_fill, "I12"),
    "fees-forgotten": Mutant(y.fees_forgotten, "I12"),
    "cost-stays": Mutant(y.cost_stays, "I12"),
    "guard-fires-open": Mutant(x.fires_open, "I11"),
    "guard-counts-nothing": Mutant(y.guard_counts_nothing, "I11"),
    "guard-asks-too-much": Mutant(y.guard_asks_too_much, "live"),
    "grid-keeps-its-sales": Mutant(y.grid_keeps_its_sales, "I11 live"),
    "threshold-doubled": Mutant(y.threshold_doubled, "I11"),
    "grid-buys-what-a-guard-sells": Mutant(x.sells_again, "I11"),
    "desk-keeps-old-rows": Mutant(x.desk_misses, "I15"),
    "desk-misses-orders": Mutant(y.desk_misses_orders, "I15"),
    "event-left-behind": Mutant(y.event_left_behind, "I15"),
    "texts-unread": Mutant(y.texts_unread, "I16"),
    "remembers-other-runs": Mutant(y.remembers_other_runs, "determinism"),
    "odd-is-understood": Mutant(z.odd_is_understood, "I7"),
    "any-status": Mutant(z.any_status, "I7"),
    "empty-is-flat": Mutant(z.empty_is_flat, "I7 I14 I3"),
    "any-account": Mutant(z.any_account, "I1 I3 I4 I5 I13 I14 live"),
    "changes-unseen": Mutant(z.changes_unseen, "I13 I14"),
    "flaps-forgotten": Mutant(z.flaps_forgotten, "I7"),
    "other-programs-unseen": Mutant(z.others_unseen, "I7"),
    "any-clock": Mutant(z.any_clock, "I7"),
    "nothing-listed-is-nothing-held": Mutant(z.nothing_listed_is_nothing_held, "I3"),
    "vanished-is-over": Mutant(z.vanished_is_over, "I4 I1 I2"),
    "transfers-are-losses": Mutant(z.transfers_are_losses, "I7"),
    "every-list-is-a-start": Mutant(z.every_list_is_a_start, "I7 live I14"),
    "yesterday-counts": Mutant(z.yesterday_counts, "live I9"),
    "books-before-trades": Mutant(z.books_before_trades, "I3"),
    "silence-is-fine": Mutant(z.silence_is_fine, "I7"),
}


@contextmanager
def mutated(name: str) -> Iterator[None]:
    """The program with that mistake in it, in this process, until the block ends; '' for none. KeyError otherwise."""
    patch = Patch()
    try:
        if name:
            MUTANTS[name].change(patch)
        yield
    finally:
        patch.undo()
