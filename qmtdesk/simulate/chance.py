"""Chance that counts: how often each fault of the line really happened."""

from collections import Counter

from qmtdesk.gateways.paper.dice import Dice


class Odds(int):
    """Parts per thousand that know which fault they are of."""

    name = ""


def odds_of(name: str, per_mille: int) -> Odds:
    """The odds of a fault."""
    odds = Odds(per_mille)
    odds.name = name
    return odds


class CountingDice(Dice):
    """The paper broker's dice, with a note of each fault that came up."""

    def __init__(self, state: int, seen: Counter[str]) -> None:
        super().__init__(state)
        self._seen = seen

    def hits(self, per_mille: int) -> bool:
        hit = super().hits(per_mille)
        if hit and isinstance(per_mille, Odds):
            self._seen[per_mille.name] += 1
        return hit
