"""The two lines between us and the paper counter, with their delays and what can go wrong on them."""

from heapq import heappop, heappush

from qmtdesk.domain.messages import BrokerEvent, OrderReported
from qmtdesk.gateways.paper.dice import Dice
from qmtdesk.gateways.paper.faults import Delays, Faults
from qmtdesk.gateways.paper.garbled import odd_row, stray
from qmtdesk.gateways.paper.truth import Errand, Truth, letter, opened


class Line:
    """Carries errands there and letters back. Nothing overtakes on it unless a fault says so. Times Unix ms."""

    def __init__(self, truth: Truth, dice: Dice, delays: Delays, faults: Faults) -> None:
        self.truth = truth
        self.dice = dice
        self.delays = delays
        self.faults = faults

    def number(self) -> int:
        """The next number of the day's events; it also tells that something changed."""
        self.truth.counter += 1
        return self.truth.counter

    def send(self, at: int, kind: str, key: str) -> None:
        """Send an errand to the counter."""
        arrives = at + self.dice.between(self.delays.there_min, self.delays.there_max)
        self.truth.last_there = arrives = max(arrives, self.truth.last_there)
        heappush(self.truth.errands, Errand(arrives, self.number(), kind, key))

    def drop_later(self, at: int, broker_id: str) -> None:
        """An accepted cancel goes on to the book."""
        then = at + self.dice.between(self.delays.cancel_min, self.delays.cancel_max)
        heappush(self.truth.errands, Errand(then, self.number(), "drop", broker_id))

    def tell(self, at: int, event: BrokerEvent) -> None:
        """Send an event back, as the counter words it; sometimes something about another account comes with it."""
        if isinstance(event, OrderReported) and self.dice.hits(self.faults.odd_status):
            event = OrderReported(odd_row(event.order, self.dice), event.account)
        self._send_back(at, event)
        other = stray(event) if self.faults.stray else None
        if other is not None and self.dice.hits(self.faults.stray):
            self._send_back(at, other)

    def _send_back(self, at: int, event: BrokerEvent) -> None:
        """A late letter is overtaken by what follows it."""
        leaves = at + self.dice.between(self.delays.back_min, self.delays.back_max)
        leaves = max(leaves, self.truth.last_back)
        if self.faults.late and self.dice.hits(self.faults.late):
            leaves += self.dice.between(1, self.faults.late_ms)
        else:
            self.truth.last_back = leaves
        heappush(self.truth.letters, letter(leaves, self.number(), event))

    def arrived(self, at: int) -> Errand | None:
        """The next errand that reaches the counter by `at`, each once."""
        errands = self.truth.errands
        return heappop(errands) if errands and errands[0].at <= at else None

    def delivered(self, at: int) -> tuple[int, BrokerEvent] | None:
        """The next event that reaches us by `at`, each once."""
        letters = self.truth.letters
        if not letters or letters[0].at > at:
            return None
        envelope = heappop(letters)
        self.number()
        return envelope.at, opened(envelope)
