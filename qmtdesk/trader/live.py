"""A live trader's gateway, from what the user chose."""

import secrets
import time
from pathlib import Path

from qmtdesk.gateways.qmt.gateway import QmtGateway
from qmtdesk.gateways.qmt.link import IDS
from qmtdesk.gateways.qmt.native import REAL, Native, load
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.gateways.qmt.trade_side import TradeOptions
from qmtdesk.store.files import packages_folder
from qmtdesk.wire.live_settings import LiveSettings
from qmtdesk.wire.redact import mask_account


def live_gateway(folder: Path, chosen: LiveSettings) -> QmtGateway:
    """The gateway to the chosen terminal and account; nothing is imported or touched before its `start`."""

    def native() -> Native:
        return load(chosen.package, packages_folder(folder.parent))

    options = TradeOptions(
        Path(chosen.folder),
        chosen.account,
        chosen.account_type,
        secrets.randbelow(IDS),
        client=chosen.package == REAL,
    )
    return QmtGateway(options, native, wall_clock, RawLog(folder, chosen.account, mask_account(chosen.account)))


def wall_clock() -> int:
    """Unix ms."""
    return time.time_ns() // 1_000_000
