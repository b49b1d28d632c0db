"""A package to be named instead of xtquant (`--package qmt_standin`): the real layer over a terminal that is not there.

Importing it puts the stand-ins under the wheel's Python files, starts a terminal as the file in the environment
variable QMT_STANDIN says, and offers xttrader, xtdata, xtconstant and xttype as its submodules. For processes of their
own; `standin_control.Control` writes the file and says what may stand in it. The market is saved beside the file
whenever something happened to an order, and a later process goes on with it at the time it then is. One process that
trades at a time; others that only look may come and go.
"""

import importlib
import os
import sys
import threading
from pathlib import Path

from standin_control import VARIABLE, read_plan
from standins.install import put_under

from qmt_standin.kept_terminal import KeptTerminal

_path = Path(os.environ[VARIABLE])
_plan = read_plan(_path)
if _plan.import_prints:
    print(_plan.import_prints, flush=True)  # noqa: T201 - as the vendor's layer does
if _plan.import_dies:
    os.abort()
if _plan.import_hangs:
    threading.Event().wait()
if _plan.import_fails:
    raise ImportError(_plan.import_fails)
terminal = KeptTerminal(_path, _plan)
put_under(terminal)
for _name in ("xttype", "xtconstant", "xttrader", "xtdata"):
    sys.modules[f"{__name__}.{_name}"] = importlib.import_module(f"xtquant.{_name}")
terminal.run()
