"""Notices questions that nobody answers, by steady time: whoever hangs does not tell the market's time either."""

NS = 1_000_000
HUNG_MS = 15_000


class AnswerWatch:
    """Asked at each look of the decision thread; says so once for each time that nobody answers."""

    def __init__(self, hung_ms: int = HUNG_MS) -> None:
        self._hung_ms = hung_ms
        self._answered = -1
        self._since = 0
        self._told = False

    def hung_ms(self, answered: int, steady_ns: int, *, asked: bool) -> int:
        """How long a question has no answer, when that is too long and was not said yet; 0 otherwise.

        `answered` is the newest question with an answer; `asked`: one is out now.
        """
        if not asked or answered != self._answered:
            self._answered, self._since, self._told = answered, steady_ns, False
            return 0
        waited = (steady_ns - self._since) // NS
        if waited < self._hung_ms or self._told:
            return 0
        self._told = True
        return waited
