"""What a night brings in a story: another day, grids armed in the evening before it, a list of the day put right."""

from qmtdesk.domain import messages as m
from qmtdesk.domain.replacing import replace
from qmtdesk.domain.sessions import at_of
from qmtdesk.simulate.storm import Storm
from qmtdesk.simulate.user_acts import arm_grid

STARTS_OF_DAY = ((9, 1), (9, 10), (9, 16), (9, 19), (9, 26), (9, 29), (10, 0), (10, 0), (10, 0), (13, 30), (14, 55))
EVENING = (20, 0)
GRIDS = 3
WRONG = (990, 1_010)
"""A close of the list that is put right later, in thousandths of the right one."""


def roll(storm: Storm) -> None:
    """The next trading day, at any time of it (X11); rare, so most stories have at most one."""
    if storm.random.random() >= 0.15:
        return
    if storm.random.random() < 0.4:
        storm.evening = _arm_in_the_evening
    storm.turn_day(*storm.random.choice(STARTS_OF_DAY))
    storm.evening = None


def _arm_in_the_evening(storm: Storm) -> None:
    """The user starts grids for tomorrow; no list of that day is there yet."""
    storm.seen["evening"] += 1
    storm.at = max(storm.at, at_of(storm.day, *EVENING))
    storm.feed(m.TimePassed())
    for _ in range(GRIDS):
        arm_grid(storm)
        storm.wait(1_000)


def list_put_right(storm: Storm) -> None:
    """The day's list tells another close of a code before for some seconds, then the right one again (X11)."""
    if not storm.state.instruments or storm.state.day != storm.day.isoformat():
        return
    storm.seen["list_put_right"] += 1
    wrong, share = storm.random.choice(storm.codes), storm.random.choice(WRONG)
    right, tick = storm.instruments, storm.tick(wrong)
    close = storm.prices[wrong] * share // 1_000 // tick * tick
    # the day's limits are right: by wrong ones the counter itself would have to refuse
    listed = tuple(replace(one, prev_close=close) if one.code == wrong else one for one in right)
    storm.feed(m.DayOpened(storm.day.isoformat(), listed))
    for _ in range(storm.random.choice((1, 3))):
        storm.wait(storm.random.choice((300, 3_000, 20_000)))
        storm.walk()
    storm.feed(m.DayOpened(storm.day.isoformat(), right))
