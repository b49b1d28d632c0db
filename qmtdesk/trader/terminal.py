"""What only a gateway to a real terminal tells of itself, made ready for the desks; other gateways have none of it."""

from collections.abc import Iterable, Mapping
from typing import Protocol, runtime_checkable

from qmtdesk.domain.instrument import Kind
from qmtdesk.engine.books import State
from qmtdesk.gateways.qmt.health import Health
from qmtdesk.strategies.guard import why_no_guard
from qmtdesk.wire.live_talk import FoundRow, HealthRow
from qmtdesk.wire.redact import redact

EVERY_NS = 500_000_000


@runtime_checkable
class HasHealth(Protocol):
    """A gateway whose connections can fail in ways worth telling."""

    @property
    def health(self) -> Health:
        """How both connections stand; any thread."""

    @property
    def differences(self) -> tuple[tuple[str, str], ...]:
        """(code, what is told otherwise than the rules say)."""

    @property
    def units(self) -> Mapping[str, int]:
        """What one volume of a bond's snapshots stands for."""


@runtime_checkable
class HasWatch(Protocol):
    """A gateway that quotes only what it is asked for."""

    def watch(self, codes: Iterable[str]) -> None:
        """Quotes of these codes and no others; any thread."""


@runtime_checkable
class HasLevel2(Protocol):
    """A gateway that may know more of a few stocks than Level-1 tells."""

    def look_closely(self, codes: Iterable[str]) -> None:
        """Of these, the first ones most; any thread."""


class Terminal:
    """Reads the gateway's health, twice a second at most. For the decision thread."""

    def __init__(self, gateway: object) -> None:
        self._gateway = gateway if isinstance(gateway, HasHealth) else None
        self._next_at = 0
        self._rows: tuple[HealthRow, FoundRow] | None = None

    @property
    def units(self) -> int | None:
        """Of how many bonds the unit of volumes was found; None where there is nothing to be found."""
        return len(self._rows[1].units) if self._rows is not None else None

    def rows(self, state: State, now_ns: int) -> tuple[HealthRow, FoundRow] | None:
        """How it stands; None for a market that has no terminal."""
        if self._gateway is not None and now_ns >= self._next_at:
            self._next_at = now_ns + EVERY_NS
            self._rows = health_row(self._gateway.health, state.strays), _found(self._gateway, state)
        return self._rows


def _found(gateway: HasHealth, state: State) -> FoundRow:
    told = tuple(
        (code, text, why_no_guard(state.instruments[code]) if code in state.instruments else None)
        for code, text in gateway.differences
    )
    # that of stocks is known
    units = tuple(sorted((code, unit) for code, unit in gateway.units.items() if _is_bond(state, code)))
    return FoundRow(differences=told, units=units)


def _is_bond(state: State, code: str) -> bool:
    return code in state.listings and state.listings[code].kind is Kind.BOND


def health_row(health: Health, strays: int) -> HealthRow:
    """Both connections as one row; `strays` is how much was told of another account."""
    trading, quotes = health.trading, health.quotes
    return HealthRow(
        trade_stage=trading.stage,
        trade_text=trading.text,
        trade_since=trading.since,
        answered_at=trading.answered_at,
        connects=trading.connects,
        failures=trading.failures,
        next_try_at=trading.next_try_at,
        status=trading.status,
        accounts=trading.accounts,
        hung=trading.hung,
        unread=trading.unread,
        quotes_stage=quotes.stage,
        quotes_text=quotes.text,
        quotes_since=quotes.since,
        tick_at=quotes.tick_at,
        subscribed=quotes.subscribed,
        reconnects=quotes.reconnects,
        bad=quotes.bad,
        strays=strays,
        level2_stage=health.level2.stage,
        level2_text=health.level2.text,
        level2_codes=health.level2.subscribed,
        level2_bad=health.level2.bad,
        unanswered=redact(trading.unanswered),
    )
