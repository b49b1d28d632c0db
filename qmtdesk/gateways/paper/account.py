"""The paper account: cash and holdings, exact to the 厘."""

from dataclasses import dataclass, field

from qmtdesk.domain.account import Asset, Position
from qmtdesk.domain.money import round_half_up


@dataclass(slots=True)
class Holding:
    """One code held. Volumes in 股 / 张; `frozen` is under open sells, `cost` what the whole holding cost in 厘."""

    volume: int
    cost: int
    frozen: int = 0
    bought_today: int = 0


@dataclass(slots=True)
class PaperAccount:
    """Cash in 厘, `frozen` part of it. Its owner sees to it that nothing is spent or sold twice."""

    cash: int
    frozen: int = 0
    holdings: dict[str, Holding] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """Cash that may be spent now."""
        return self.cash - self.frozen

    def can_use(self, code: str, *, t_plus_one: bool) -> int:
        """What may be sold now: not what open sells hold, and on T+1 not what was bought today."""
        held = self.holdings.get(code)
        if held is None:
            return 0
        return max(held.volume - held.frozen - (held.bought_today if t_plus_one else 0), 0)

    def freeze_volume(self, code: str, volume: int) -> None:
        """Reserve a holding for a sell, or release it when negative."""
        self.holdings[code].frozen += volume

    def book_buy(self, code: str, volume: int, amount: int, fee: int) -> None:
        """Take in what was bought."""
        self.cash -= amount + fee
        held = self.holdings.setdefault(code, Holding(0, 0))
        held.volume += volume
        held.bought_today += volume
        held.cost += amount + fee

    def book_sell(self, code: str, volume: int, amount: int, fee: int) -> None:
        """Give away what was sold; it was frozen before."""
        self.cash += amount - fee
        held = self.holdings[code]
        held.cost -= round_half_up(held.cost * volume, held.volume)
        held.volume -= volume
        held.frozen -= volume
        # on T+0 the oldest goes first: what was bought today is what is left
        held.bought_today = min(held.bought_today, held.volume)

    def new_day(self) -> None:
        """What was bought yesterday may be sold; empty holdings are forgotten."""
        self.holdings = {code: held for code, held in self.holdings.items() if held.volume}
        for held in self.holdings.values():
            held.bought_today = held.frozen = 0
        self.frozen = 0

    def asset(self, prices: dict[str, int]) -> Asset:
        """Cash and worth at these prices; a code without one counts at its cost."""
        worth = sum(
            held.volume * prices[code] if prices.get(code) else held.cost for code, held in self.holdings.items()
        )
        return Asset(self.free, self.frozen, self.cash + worth)

    def positions(self, t_plus_one: dict[str, bool]) -> tuple[Position, ...]:
        """All holdings as the counter lists them; a code sold out today is still listed, with nothing."""
        return tuple(
            Position(
                code,
                held.volume,
                self.can_use(code, t_plus_one=t_plus_one.get(code, True)),
                round_half_up(held.cost, held.volume) if held.volume else 0,
                held.bought_today,
            )
            for code, held in sorted(self.holdings.items())
        )
