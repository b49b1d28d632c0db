"""A trader on an account, as a live gateway's will be: python account_child.py FOLDER NUMBER BROKER_FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qmtdesk.store.account_lock import AccountKey
from qmtdesk.store.files import data_folder
from qmtdesk.trader.process import TraderOptions, run_trader
from qmtdesk.wire.logs import begin_log
from qmtdesk.wire.start_refusal import StartRefusedError

if __name__ == "__main__":
    folder = data_folder(Path(sys.argv[1]), "paper")
    begin_log(folder, "trader")
    account = AccountKey(sys.argv[2], Path(sys.argv[3])) if len(sys.argv) > 2 else None
    try:
        sys.exit(run_trader(TraderOptions(folder, 1, 1, resume=False, account=account)))
    except StartRefusedError as error:
        print(error)  # noqa: T201
        sys.exit(error.code)
