"""What the grid sheet makes of a preview: the fall as rows, the caps, and the differences of two plans."""

from dataclasses import dataclass, fields

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.words.texts import t
from qmtdesk.domain.plans import BaseKind, GridMode, GridPlan, Spacing
from qmtdesk.wire.talk import GridPreview


@dataclass(frozen=True, slots=True)
class FallRow:
    """One level on the way down. `kind`: sell (after the first buy) | first | live | armed | over (past a cap).

    `cash` is what is bound once this level has been bought, 厘.
    """

    no: int
    price: int
    volume: int
    cash: int
    kind: str


def fall_rows(preview: GridPreview) -> tuple[FallRow, ...]:
    """Sells that follow the first buy, then every level that buys, from highest to lowest, the first buy on top."""
    sells = sorted((o for o in preview.orders if o.side == "sell"), key=lambda order: -order.price)
    rows = [FallRow(o.level, o.price, o.volume, 0, "sell") for o in sells]
    live = {o.price for o in preview.orders if o.side == "buy" and not o.first and not o.after_first}
    first = preview.first_volume > 0
    for no, price, volume, cash in preview.levels:
        if volume:
            over = no < preview.cap_level or no in preview.skipped
            kind = "over" if over else "live" if price in live else "armed"
            rows.append(FallRow(no, price, preview.first_volume if first else volume, cash, "first" if first else kind))
            first = False
    return tuple(rows)


def last_within(rows: tuple[FallRow, ...]) -> FallRow | None:
    """The lowest level that still buys."""
    within = [row for row in rows if row.kind in ("first", "live", "armed")]
    return within[-1] if within else None


def differences(old: GridPlan, new: GridPlan) -> tuple[tuple[str, str, str], ...]:
    """(setting, before, after) of everything that differs, in words. Adoption is not a setting."""
    out = []
    for field in fields(GridPlan):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after and field.name not in ("code", "adopt"):
            out.append((t(f"plan.{field.name}"), value_words(field.name, before), value_words(field.name, after)))
    return tuple(out)


def pending_lines(now: GridPlan, kept: GridPlan) -> tuple[str, ...]:
    """One line for each setting that waits for the next start."""
    return tuple(t("pending.line", name=name, old=old, new=new) for name, old, new in differences(now, kept))


def value_words(name: str, value: object) -> str:
    """One setting of a plan in words."""
    if isinstance(value, BaseKind | Spacing | GridMode):
        return t(f"plan.{value.value}")
    if isinstance(value, bool):
        return t("plan.yes" if value else "plan.no")
    if not isinstance(value, int):
        return str(value)
    if name.endswith("_bp"):
        return fmt.percent(value)
    if not value and name != "hysteresis":
        return t("plan.none")
    if name in ("amount", "cash_cap"):
        return fmt.money(value, 0)
    if name in ("base_price", "lower_stop"):
        return fmt.price(value, places=3)
    return fmt.fixed(value, 1, 0)
