"""Cases Q81 to Q89: what can only be shown in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from standins.install import layer

HERE = Path(__file__).resolve().parent
PLACES = (HERE, HERE.parent / "qmt", HERE.parents[1])

pytestmark = pytest.mark.skipif(layer() is None, reason="the xtquant wheel is not installed (extra qmt)")


def child(*words: str) -> str:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, PLACES))}
    done = subprocess.run(
        [sys.executable, str(HERE / "layer_child.py"), *words],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("call", "how", "what"),
    [
        ("query", "strict", "hung"),
        ("query", "relaxed", "returned"),
        ("order", "strict", "hung"),
        ("order", "relaxed", "hung"),
    ],
)
def test_q81_to_q84_a_call_that_waits_inside_a_callback_hangs_the_layer(call: str, how: str, what: str) -> None:
    assert child("callback", call, how) == what


def test_q85_loading_touches_no_network_and_runs_no_update_check() -> None:
    assert child("import") == "sockets [] init None asked [] hello False"


@pytest.mark.parametrize("call", ["connect", "infos", "order", "orders"])
def test_q86_to_q89_a_process_whose_native_call_hangs_ends_by_itself(call: str) -> None:
    assert child("exit", call) == "stopped"
