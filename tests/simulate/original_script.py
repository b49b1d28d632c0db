"""What the original script does, told again over the paper broker: the measure of what its rules are worth.

It keeps nothing but its orders' remarks, answers each trade push with a new pair of orders around the traded price,
and asks for the position only after a sale. Nothing here goes wrong on the line.
"""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

from qmtdesk.domain.messages import FillReported, Place
from qmtdesk.domain.order import FINAL, Fill, Owner, OwnerKind, Side
from qmtdesk.gateways.paper import names
from qmtdesk.simulate.market_day import BOND, BOND2, DAY, MarketDay, quote_of

STEP_BP = 30
AMOUNT = 20_000_000
BONDS = (BOND, BOND2)
MANY = 40
SNAPSHOTS = 600


def bond_walk(seed: int, snapshots: int = SNAPSHOTS) -> list[dict[str, tuple[int, int]]]:
    """Prices (厘) and depths (张) of both bonds, one pair for each snapshot."""
    random, last = Random(seed), {BOND: 120_000, BOND2: 105_000}
    out = []
    for _ in range(snapshots):
        for code in BONDS:
            width = last[code] // random.choice((2_000, 800, 400))
            last[code] += random.randrange(-width, width + 1)
        out.append({code: (last[code], random.choice((20, 60, 200, 1_000))) for code in BONDS})
    return out


def times(price: int, bp: int) -> int:
    """A price so many basis points away, to the tick of a bond."""
    return (price * (10_000 + bp) + 5_000) // 10_000


@dataclass
class OriginalScript:
    """The script's callbacks. `sent` holds, by remark, what each order was for and its volume."""

    day: MarketDay
    sent: dict[str, tuple[str, int]] = field(default_factory=dict)

    def start(self, code: str, last: int) -> None:
        volume = AMOUNT // last // 10 * 10
        volume += 10 if volume % 20 else 0
        held = self.day.exchange.account.holdings.get(code)
        volume = max(0, volume - held.volume) if held else volume
        if volume:
            self.order(code, Side.BUY, last, volume, "first_buy")

    def order(self, code: str, side: Side, price: int, volume: int, why: str) -> None:
        remark = f"s{len(self.sent):06d}"
        self.sent[remark] = (why, volume)
        self.day.exchange.submit(self.day.at, Place(remark, code, side, price, volume, Owner(OwnerKind.GRID)))

    def traded(self, fill: Fill) -> None:
        why, ordered = self.sent[fill.ref]
        volume = min(fill.volume, ordered // 2) if why == "first_buy" else fill.volume
        up, down = times(fill.price, STEP_BP), times(fill.price, -STEP_BP)
        if why == "pair_sell":
            self.order(fill.code, Side.BUY, down, volume, "pair_buy")
            if self.day.exchange.account.can_use(fill.code, t_plus_one=False) >= volume:
                self.order(fill.code, Side.SELL, up, volume, "pair_sell")
            return
        self.order(fill.code, Side.SELL, up, volume, "pair_sell")
        self.order(fill.code, Side.BUY, down, volume, "pair_buy")


def broken_by_the_script(seed: int) -> set[str]:
    """Which promises the script breaks in one random half hour without a fault."""
    day = MarketDay(held={BOND2: (70, 100_000)}, prices={BOND: 120_000, BOND2: 105_000}, seed=seed)
    script, broken = OriginalScript(day), set[str]()
    for number, prices in enumerate(bond_walk(seed)):
        day.at += 3_000
        for code, (last, depth) in prices.items():
            day.exchange.market(quote_of(code, day.at, last, prev=day.prices[code], depth=depth))
            if number == 0:
                script.start(code, last)
        for _, event in day.exchange.due(day.at):
            if isinstance(event, FillReported):
                script.traded(event.fill)
        broken |= _broken_now(day)
    return broken


def _broken_now(day: MarketDay) -> set[str]:
    entries = day.exchange.truth.entries.values()
    live = [entry for entry in entries if entry.state not in FINAL]
    levels = Counter((entry.code, entry.side, entry.price) for entry in live)
    broken = set()
    if max(levels.values(), default=0) > 1:
        broken.add("I4 two live orders at one level")
    if any(entry.text.startswith(names.NO_VOLUME) for entry in entries):
        broken.add("I1 more on offer than there is")
    if len(live) > MANY:
        broken.add("more than 40 live orders")
    return broken


__all__ = ["BONDS", "DAY", "bond_walk", "broken_by_the_script"]
