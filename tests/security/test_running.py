"""The program while it runs: nobody can reach it, it reaches nobody, and what it keeps is its user's alone."""

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kill_bench import KillBench, wait

from qmtdesk.store.files import data_folder
from qmtdesk.wire.address import read_card
from qmtdesk.wire.attach import stop_trader

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's process tables")

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KillBench, list[int], Path]]:
    """A trader that trades and a desk beside it; the bench, both pids and the user's home."""
    base, home = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("home")
    bench = KillBench(base)
    bench.start(resume=False)
    bench.arm()
    desk = subprocess.Popen(
        [sys.executable, "-m", "qmtdesk", "--data", str(base)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(home), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert bench.process is not None
    try:
        assert wait(lambda: sockets(desk.pid), 30), "the desk never attached"
        yield bench, [bench.process.pid, desk.pid], home
        assert desk.poll() is None
        assert not bench.gone
    finally:
        desk.kill()
        desk.wait(10)
        stop_trader(bench.folder, force=True)
        bench.close()


def sockets(pid: int) -> set[str]:
    """Inodes of the sockets a process holds."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            name = str(link.readlink())
        except OSError:
            continue
        if name.startswith("socket:["):
            found.add(name[8:-1])
    return found


def table(pid: int, name: str) -> set[str]:
    lines = Path(f"/proc/{pid}/net/{name}").read_text().splitlines()[1:]
    return {line.split()[9] for line in lines}


def test_no_process_of_ours_holds_an_internet_socket(running: tuple[KillBench, list[int], Path]) -> None:
    _, pids, _ = running
    for pid in pids:
        held = sockets(pid)
        assert held
        for name in TABLES:
            assert held & table(pid, name) == set(), name


def test_the_look_at_the_tables_would_find_one() -> None:
    code = "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print('up', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        assert sockets(other.pid) & table(other.pid, "tcp")
        other.kill()


def test_the_key_of_the_pipe_stands_in_its_card_and_nowhere_else(running: tuple[KillBench, list[int], Path]) -> None:
    bench, _, home = running
    card = read_card(bench.folder)
    assert card is not None
    secrets = (card.key.encode(), bytes.fromhex(card.key))
    looked = 0
    for file in [*bench.base.rglob("*"), *home.rglob("*")]:
        if file.is_file() and file.name != "trader.json":
            data = file.read_bytes()
            looked += 1
            assert not any(secret in data for secret in secrets), file
    assert looked > 4


def test_no_log_line_holds_what_could_be_an_account_number(running: tuple[KillBench, list[int], Path]) -> None:
    bench, _, home = running
    logs = [*bench.base.rglob("*.log"), *home.rglob("*.log")]
    assert logs
    for log in logs:
        text = re.sub(re.escape(str(bench.base)), "", log.read_text(encoding="utf-8"))
        assert not re.search(r"(?<![\d.:-])\d{8,}(?![\d.])", text), log


def test_everything_kept_is_the_users_alone(running: tuple[KillBench, list[int], Path]) -> None:
    bench, _, _ = running
    open_to_others = [
        f"{file.relative_to(bench.base)} {stat.filemode(file.lstat().st_mode)}"
        for file in bench.folder.rglob("*")
        if file.lstat().st_mode & 0o077 and not file.is_symlink()
    ]
    assert bench.folder.stat().st_mode & 0o077 == 0
    assert open_to_others == []


def test_nothing_is_written_outside_the_data_folder(running: tuple[KillBench, list[int], Path]) -> None:
    _, _, home = running
    strays = [path for path in home.rglob("*") if path.is_file() and "cache" not in str(path).lower()]
    assert strays == []


@pytest.mark.parametrize("mode", ["../live", "..", "/elsewhere", "", "paper/../live", "paper\x00", "CON"])
def test_a_data_folder_is_one_of_three_and_inside_its_base(tmp_path: Path, mode: str) -> None:
    with pytest.raises(ValueError, match="no such mode"):
        data_folder(tmp_path, mode)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", ["paper", "live", "replay"])
def test_a_data_folder_that_stood_open_is_closed_to_others(tmp_path: Path, mode: str) -> None:
    (tmp_path / mode).mkdir(mode=0o777)
    (tmp_path / mode).chmod(0o777)
    folder = data_folder(tmp_path, mode)
    assert folder == tmp_path / mode
    assert folder.stat().st_mode & 0o777 == 0o700
