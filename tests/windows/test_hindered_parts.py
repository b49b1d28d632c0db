"""What the proof makes unusual for one start: whether a window is all on the screen, and being without a network."""

import subprocess
import sys

import pytest

pytest.importorskip("fcntl", reason="the proof runs on Linux")

from tests.windows import offline
from tests.windows.hindered_start import refuse_outside
from tests.windows.offline import interfaces, words_offline
from tests.windows.wine import ProofError

ALONE = """
import errno, socket
with socket.create_server(("127.0.0.1", 0)) as here, socket.create_connection(here.getsockname()):
    print("itself")
with socket.socket() as there:
    there.settimeout(5)
    print(errno.errorcode[there.connect_ex(("192.0.2.1", 9))])
"""
"""192.0.2.1 is for examples and nobody's; where there is a network it is not unreachable but silent."""


def test_a_program_that_is_cut_off_reaches_itself_and_nothing_else() -> None:
    words = words_offline()
    if not words:
        pytest.skip("this computer lets nobody be cut off from the network")
    told = subprocess.run([*words, sys.executable, "-c", ALONE], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.split() == ["itself", "ENETUNREACH"]


@pytest.mark.parametrize("way", ["false", "/no/such/program"], ids=["refused", "not there"])
def test_a_computer_that_cuts_nothing_off_is_known(monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setattr(offline, "WAYS", ((way,),))
    assert words_offline() == []


def test_a_way_that_leaves_a_network_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "interfaces", lambda table: ["lo", "eth0"])
    assert words_offline() == []


def test_the_systems_table_names_its_networks() -> None:
    table = "Inter-|   Receive\n face |bytes\n    lo:  0 0\n  eth0: 12 3\n"
    assert interfaces(table) == ["lo", "eth0"]


@pytest.mark.parametrize("frame", [(0, 0, 1680, 1000), (5, 35, 1600, 900)])
def test_a_window_on_the_screen_passes(frame: tuple[int, int, int, int]) -> None:
    refuse_outside(frame, (1680, 1000))


@pytest.mark.parametrize("frame", [(5, 35, 1680, 953), (-1, 0, 100, 100), (0, -1, 100, 100), (0, 101, 800, 900)])
def test_a_window_with_a_part_off_the_screen_fails_the_proof(frame: tuple[int, int, int, int]) -> None:
    with pytest.raises(ProofError, match="is not all on a screen of 1680×1000"):
        refuse_outside(frame, (1680, 1000))
