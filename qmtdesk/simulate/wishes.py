"""What people set up in a story: grids and guards with every option a plan has."""

from random import Random

from qmtdesk.domain.plans import (
    BaseKind,
    GridMode,
    GridPlan,
    GuardAction,
    GuardPlan,
    Readiness,
    RuleId,
    RuleSetting,
    Spacing,
    TimedThreshold,
)
from qmtdesk.domain.replacing import replace
from qmtdesk.engine.books import Holding
from qmtdesk.strategies.guard_rules import RULES

SOMETIMES, SELDOM = 0.25, 0.1
SLIPPAGES = (1, 50, 100, 150, 190, 200, 500)
"""From the least to the most the sheet takes, and what a plan written by hand may say."""


def grid_plan(random: Random, code: str, last: int, held: Holding | None) -> GridPlan:
    """A grid around the present price; now and then with one of the rarer options."""
    pick, chance = random.choice, random.random
    volume = held.volume if held else 0
    plan = GridPlan(
        code=code,
        mode=pick((GridMode.LATTICE, GridMode.LATTICE, GridMode.ROLLING)),
        base=BaseKind.LAST,
        step_bp=pick((30, 50, 100)),
        range_bp=pick((300, 2_000)),
        amount=pick((5_000_000, 20_000_000)),
        live_per_side=pick((1, 2, 3)),
        adopt=volume // 100 * 100 if chance() < 0.5 else 0,
        first_buy=chance() < 0.7,
        keep_armed=chance() < 0.3,
        rolls_per_day=pick((0, 0, 2)),
        lower_stop=pick((0, 0, 0, last * 98 // 100)),
    )
    if chance() < SOMETIMES:
        plan = replace(plan, base=pick(tuple(BaseKind)), base_price=last + pick((-100, 0, 100)))
    if chance() < SOMETIMES:
        plan = replace(plan, spacing=Spacing.ARITHMETIC, hysteresis=pick((0, 1, 3)))
    if chance() < SOMETIMES and plan.mode is GridMode.LATTICE:
        plan = replace(plan, trail_bp=pick((5, 10, 30)))
    if chance() < SELDOM:
        plan = replace(plan, sell_only=True, first_buy=False)
    if chance() < SELDOM:
        plan = replace(plan, unit=pick((10, 100, 200)), auction_start=False)
    if chance() < SELDOM:
        plan = replace(plan, cash_cap=pick((3_000_000, 25_000_000)))
    if chance() < SELDOM:
        plan = replace(plan, max_position=volume + pick((100, 400)), min_position=pick((0, volume // 2)))
    # of a small holding all of it may be adopted, in lots of a bond
    return replace(plan, adopt=volume // 10 * 10) if plan.adopt == 0 and 0 < volume < 100 and chance() < 0.5 else plan


def guard_plan(random: Random, code: str) -> GuardPlan:
    """A guard, half the time with its first rule alone; else with any of the others and any action."""
    pick, chance = random.choice, random.random
    plan = GuardPlan(
        code=code,
        readiness=pick((Readiness.AUTO, Readiness.ONCE)),
        confirm=pick((1, 1, 2)),
        keep_armed=chance() < 0.5,
        sell_volume=pick((0, 0, -1, 200)),
        slippage_bp=pick(SLIPPAGES),
        rules=(RuleSetting(rule=RuleId.R11, threshold=1),) if chance() < SOMETIMES else (),
    )
    if chance() < 0.4:
        return plan
    plan = replace(plan, rules=_rules(random), action=pick(tuple(GuardAction)))
    if chance() < SOMETIMES:
        plan = replace(plan, readiness=pick(tuple(Readiness)), snapshots=2, closing_auction=True)
    if chance() < SOMETIMES:
        timed = (
            TimedThreshold(from_minute=570, threshold=30_000_000_000),
            TimedThreshold(from_minute=780, threshold=1_500_000_000),
        )
        plan = replace(plan, timed=timed)
    return replace(plan, follow_up_ms=pick((1_000, 3_000)), ask_timeout_ms=pick((2_000, 15_000)))


def _rules(random: Random) -> tuple[RuleSetting, ...]:
    """Some of the rules, each nervous enough to be met within a story."""
    rules = random.sample([rule for rule in RULES if rule is not RuleId.R1], random.choice((1, 3, 8)))
    first = (RuleSetting(rule=RuleId.R1, on=False),) if random.random() < SELDOM else ()
    return (*first, *(_nervous(random, RULES[rule].usual) for rule in rules))


def _nervous(random: Random, usual: RuleSetting) -> RuleSetting:
    softer = random.choice((1, 1, 10))
    return replace(
        usual,
        on=True,
        threshold=usual.threshold if usual.rule is RuleId.R3 else max(1, usual.threshold // softer),
        floor=usual.floor // softer,
        confirm=random.choice((1, 1, 2)),
        action=random.choice(tuple(GuardAction)),
    )


def bad_grids(code: str) -> tuple[GridPlan, ...]:
    """Grids nobody can mean."""
    return (
        GridPlan(code="999999.XX"),
        GridPlan(code=code, step_bp=0),
        GridPlan(code=code, range_bp=50, step_bp=30),
        GridPlan(code=code, unit=15),
        GridPlan(code=code, adopt=1_000_000_000),
        GridPlan(code=code, amount=-1),
        GridPlan(code=code, min_position=200, max_position=100),
        GridPlan(code=code, lower_stop=10_000_000),
        GridPlan(code=code, base=BaseKind.TYPED),
    )


def bad_guards(code: str) -> tuple[GuardPlan, ...]:
    """Guards nobody can mean; 3,000 instead of thirty million among them."""
    half = RuleSetting(rule=RuleId.R2, threshold=3_000)
    return (
        GuardPlan(code="999999.XX"),
        GuardPlan(code=code, threshold=3_000_000),
        GuardPlan(code=code, confirm=0),
        GuardPlan(code=code, slippage_bp=100_000),
        GuardPlan(code=code, rules=(half,)),
        GuardPlan(code=code, rules=(RuleSetting(rule=RuleId.R11, threshold=1),) * 2),
        GuardPlan(code=code, timed=(TimedThreshold(from_minute=2_000, threshold=20_000_000_000),)),
    )
