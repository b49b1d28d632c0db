"""What the stopwatch of the tests counts: everything but the time in which the computer let it stand still."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest

from tests.stopwatch import Stopwatch

ROOT = Path(__file__).resolve().parents[2]
MEASURE = """
from tests.stopwatch import Stopwatch
with Stopwatch() as watch:
    print("begun", flush=True)
    input()
print(watch.seconds, flush=True)
"""


def test_waiting_and_computing_are_counted() -> None:
    with Stopwatch() as waiting:
        Event().wait(0.3)
    with Stopwatch() as computing:
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
    # what a stall cuts off is a step, not what was measured around it
    assert waiting.seconds > 0.1
    assert computing.seconds > 0.1


@pytest.mark.skipif(os.name == "nt", reason="stops a process by a POSIX signal")
def test_a_process_that_was_stopped_is_not_charged_for_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MEASURE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        os.kill(other.pid, signal.SIGSTOP)
        Event().wait(3.0)
        os.kill(other.pid, signal.SIGCONT)
        other.stdin.write("\n")
        other.stdin.flush()
        measured = float(other.stdout.readline())
    assert measured < 2.0
