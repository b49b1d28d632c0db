"""How and when a trader of the fast bench is to die."""

import random
from dataclasses import dataclass

from crash_points import POINTS


@dataclass(frozen=True, slots=True)
class Death:
    """When a trader is to die: after so many seconds, after so many messages of its own, or at a point of its own.

    `ready` counts messages only once it has reconciled.
    """

    after_s: float = 60.0
    heard: int = 0
    ready: bool = False
    point: str = ""
    nth: int = 0


def named(death: Death) -> str:
    if death.point:
        return death.point
    return "after messages" if death.heard else "at an instant"


def some_death(dice: random.Random) -> Death:
    """Half at any instant of a life, a quarter by the count of its messages, a quarter at a point of its own."""
    chance = dice.random()
    if chance < 0.5:
        return Death(after_s=dice.uniform(0.0, 0.16))
    if chance < 0.75:
        return Death(heard=dice.randrange(1, 40), ready=dice.random() < 0.6, after_s=5.0)
    nth = dice.choice((1, 1, 2, 3, dice.randrange(1, 40)))
    return Death(after_s=0.4, point=dice.choice(POINTS), nth=nth)
