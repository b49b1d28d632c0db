"""What xtquant calls: each callback copies what it was given, hands it on, and does nothing else."""

from collections.abc import Callable

from msgspec import Struct

from qmtdesk.gateways.qmt.records import (
    Raw,
    RawAnswer,
    RawAsset,
    RawCancelAnswer,
    RawCancelError,
    RawLost,
    RawOrder,
    RawOrderError,
    RawPosition,
    RawStatus,
    RawTrade,
    copied,
)

Put = Callable[[int, Raw], None]
"""Hand a record of a generation on. Any thread, never blocks, never raises."""


class Callbacks:
    """The callback object of one connection.

    A call of xtquant from in here would hang for ever, and an exception would vanish, so there is neither: no method
    knows the trader object, and `copied` cannot raise.
    """

    def __init__(self, generation: int, put: Put) -> None:
        self._generation = generation
        self._put = put

    def _hand(self, kind: type[Struct], native: object) -> None:
        self._put(self._generation, copied(kind, native))  # type: ignore[arg-type]

    def on_connected(self) -> None:
        """Never called by this version of the layer."""

    def on_disconnected(self) -> None:
        self._put(self._generation, RawLost())

    def on_account_status(self, status: object) -> None:
        self._hand(RawStatus, status)

    def on_stock_asset(self, asset: object) -> None:
        self._hand(RawAsset, asset)

    def on_stock_order(self, order: object) -> None:
        self._hand(RawOrder, order)

    def on_stock_trade(self, trade: object) -> None:
        self._hand(RawTrade, trade)

    def on_stock_position(self, position: object) -> None:
        self._hand(RawPosition, position)

    def on_order_error(self, error: object) -> None:
        self._hand(RawOrderError, error)

    def on_cancel_error(self, error: object) -> None:
        self._hand(RawCancelError, error)

    def on_order_stock_async_response(self, answer: object) -> None:
        self._hand(RawAnswer, answer)

    def on_cancel_order_stock_async_response(self, answer: object) -> None:
        self._hand(RawCancelAnswer, answer)
