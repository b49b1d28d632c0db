"""Sets this process's clock to the market's of the stand-in terminal, before anything of the program runs."""

import json
import os
import time
from pathlib import Path

if "QMT_STANDIN" in os.environ:
    _plan = json.loads(Path(os.environ["QMT_STANDIN"]).read_bytes())
    _real = time.time_ns
    _at, _began, _speed = _plan["at"] * 1_000_000, _plan["began"] * 1_000_000, _plan["speed"]

    def _time_ns() -> int:
        return _at + (_real() - _began) * _speed

    time.time_ns = _time_ns
    time.time = lambda: _time_ns() / 1e9  # noqa: TID251 - what it replaces
