"""Shadow statistics: what each rule would have done on every seal, and what the board did next."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from qmtdesk.domain.plans import RuleId, RuleSetting
from qmtdesk.domain.quote import Quote
from qmtdesk.domain.replacing import replace
from qmtdesk.strategies.board import Board, BoardMove, MoveKind
from qmtdesk.strategies.guard_rules import RULES, Look

BP = 10_000
_YI = 100_000_000_000  # 亿 CNY in 厘


class Variant(Struct, frozen=True):
    """One rule at one threshold, as `RuleSetting` means them; R1's threshold in 厘."""

    rule: RuleId
    threshold: int


class Score(Struct, frozen=True):
    """What one variant would have done so far.

    Of the seals that ended it fired on `fired`, of which `broke` broke afterwards and `held` stayed sealed to the
    close; `missed` broke without it firing, `quiet` neither broke nor fired. `edge_bp` adds up how far the limit price
    was above the day's last price on each day it fired, and `days` counts those days.
    """

    variant: Variant
    fired: int = 0
    broke: int = 0
    held: int = 0
    missed: int = 0
    quiet: int = 0
    edge_bp: int = 0
    days: int = 0


class Shadow(Struct, frozen=True):
    """The statistics of one stock. `scores`, `ready`, `met` and `sold` have one place per variant.

    `sealed` says a seal is being watched; `ready` and `met` are about it: whether R1 counts (it was at or above the
    threshold once), and whether the variant fired. `sold` says it fired today. `seals` counts those of all days.
    """

    scores: tuple[Score, ...]
    ready: tuple[bool, ...]
    met: tuple[bool, ...]
    sold: tuple[bool, ...]
    sealed: bool = False
    seals: int = 0


VARIANTS: tuple[Variant, ...] = (
    *(Variant(RuleId.R1, wan * _YI // 10_000) for wan in (500, 1_000, 2_000, 3_000, 5_000)),
    *(Variant(RuleId.R2, bp) for bp in (2_000, 3_000, 5_000)),
    *(Variant(RuleId.R3, ms) for ms in (15_000, 30_000, 60_000)),
    *(Variant(RuleId.R4, bp) for bp in (5_000, 10_000)),
    *(Variant(RuleId.R5, bp) for bp in (2_000, 3_000)),
    *(Variant(RuleId.R7, bp) for bp in (1_000, 2_000)),
)
"""The rules that speak while a board is sealed, each at several thresholds; floors and windows as usual."""


def start_shadow(variants: tuple[Variant, ...] = VARIANTS) -> Shadow:
    """Statistics of nothing yet."""
    none = (False,) * len(variants)
    return Shadow(tuple(Score(variant) for variant in variants), none, none, none)


def step_shadow(shadow: Shadow, board: Board, moves: tuple[BoardMove, ...], quote: Quote) -> Shadow:
    """Fold in one snapshot: `board` and `moves` are what `step_board` made of `quote`.

    A variant fires at the first snapshot that meets its rule, without confirmations; R1 once its threshold was
    reached on that seal.
    """
    for move in moves:
        if move.kind is MoveKind.BROKE:
            shadow = _end_seal(shadow, broke=True)
        elif board.sealed:
            none = (False,) * len(shadow.scores)
            shadow = replace(shadow, ready=none, met=none, sealed=True, seals=shadow.seals + 1)
    if not shadow.sealed or not board.decided or quote.at != board.last_at:
        return shadow
    return _judge(shadow, board, quote)


def close_shadow(shadow: Shadow, last: int, limit_up: int) -> Shadow:
    """End the day at its last price (厘): a board still sealed held, and each firing is measured against that price."""
    shadow = _end_seal(shadow, broke=False)
    edge = (limit_up - last) * BP // limit_up if limit_up else 0
    scores = tuple(
        replace(score, edge_bp=score.edge_bp + edge, days=score.days + 1) if sold else score
        for score, sold in zip(shadow.scores, shadow.sold, strict=True)
    )
    return replace(shadow, scores=scores, sold=(False,) * len(scores))


def summary(shadow: Shadow) -> tuple[Score, ...]:
    """What every variant would have done, as far as its seals have ended."""
    return shadow.scores


def total(shadows: Iterable[Shadow]) -> tuple[int, tuple[Score, ...]]:
    """Seals and scores of several stocks together, in the order of their variants' first appearance."""
    seals, sums = 0, dict[Variant, Score]()
    for shadow in shadows:
        seals += shadow.seals
        for score in shadow.scores:
            old = sums.get(score.variant, Score(score.variant))
            sums[score.variant] = Score(
                score.variant,
                fired=old.fired + score.fired,
                broke=old.broke + score.broke,
                held=old.held + score.held,
                missed=old.missed + score.missed,
                quiet=old.quiet + score.quiet,
                edge_bp=old.edge_bp + score.edge_bp,
                days=old.days + score.days,
            )
    return seals, tuple(sums.values())


def figures(shadow: Shadow, threshold: int) -> tuple[tuple[str, int], ...]:
    """R1 for the arm sheet: its variant nearest to `threshold` (厘), the counts and the average edge in bp."""
    first = [score for score in shadow.scores if score.variant.rule is RuleId.R1]
    if not first:
        return ()
    score = min(first, key=lambda one: abs(one.variant.threshold - threshold))
    return (
        ("threshold_milli", score.variant.threshold),
        ("seals", shadow.seals),
        ("fired", score.fired),
        ("broke", score.broke),
        ("held", score.held),
        ("missed", score.missed),
        ("edge_bp", score.edge_bp // score.days if score.days else 0),
        ("days", score.days),
    )


def _judge(shadow: Shadow, board: Board, quote: Quote) -> Shadow:
    if all(shadow.met):
        return shadow
    ready, met = list(shadow.ready), list(shadow.met)
    for no, score in enumerate(shadow.scores):
        variant = score.variant
        if met[no]:
            continue
        ready[no] = ready[no] or variant.rule is not RuleId.R1 or board.seal >= variant.threshold
        if ready[no]:
            # of the variants only R1 looks at the first threshold, and none at the tick
            look = Look(board, quote, tick=1, threshold=variant.threshold, day_amount=quote.amount)
            finding = RULES[variant.rule].check(look, _setting(variant))
            met[no] = finding is not None and finding.fires
    now_ready, now_met = tuple(ready), tuple(met)
    if now_ready == shadow.ready and now_met == shadow.met:
        return shadow
    sold = tuple(before or now for before, now in zip(shadow.sold, now_met, strict=True))
    return replace(shadow, ready=now_ready, met=now_met, sold=sold)


def _end_seal(shadow: Shadow, *, broke: bool) -> Shadow:
    if not shadow.sealed:
        return shadow
    scores = tuple(
        _ended(score, fired=fired, broke=broke) for score, fired in zip(shadow.scores, shadow.met, strict=True)
    )
    none = (False,) * len(scores)
    return replace(shadow, scores=scores, ready=none, met=none, sealed=False)


def _ended(score: Score, *, fired: bool, broke: bool) -> Score:
    if not fired:
        return replace(score, missed=score.missed + 1) if broke else replace(score, quiet=score.quiet + 1)
    if broke:
        return replace(score, fired=score.fired + 1, broke=score.broke + 1)
    return replace(score, fired=score.fired + 1, held=score.held + 1)


@lru_cache(maxsize=256)
def _setting(variant: Variant) -> RuleSetting:
    return replace(RULES[variant.rule].usual, on=True, threshold=variant.threshold)
