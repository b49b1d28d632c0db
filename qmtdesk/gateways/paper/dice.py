"""Seeded chance whose whole state is one integer, so that it can be saved and continued exactly."""

_MASK = (1 << 64) - 1


def mix(value: int) -> int:
    """A well-mixed 64-bit number for `value` (SplitMix64's finaliser)."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


class Dice:
    """A stream of chances. `state` alone continues it."""

    __slots__ = ("state",)

    def __init__(self, state: int) -> None:
        self.state = mix(state)

    @classmethod
    def continued(cls, state: int) -> "Dice":
        """The stream as it stood when its `state` was read."""
        dice = cls(0)
        dice.state = state
        return dice

    def below(self, bound: int) -> int:
        """The next number in [0, bound)."""
        self.state = (self.state + 1) & _MASK
        return mix(self.state) % bound

    def between(self, low: int, high: int) -> int:
        """The next number in [low, high]."""
        return low + self.below(high - low + 1)

    def hits(self, per_mille: int) -> bool:
        """Whether something that happens `per_mille` times in a thousand happens now; never draws when it cannot."""
        return per_mille > 0 and self.below(1000) < per_mille
