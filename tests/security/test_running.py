"""The program while it runs: nobody can reach it, it reaches nobody, and what it keeps is its user's alone."""

import errno
import json
import os
import re
import socket
import stat
import subprocess
import sys
import warnings
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


LISTENS = 0x10000


def unix_sockets(pid: int) -> list[tuple[str, int, str]]:
    """(inode, flags, path) of the local sockets a process holds; an abstract name begins with @."""
    held, found = sockets(pid), []
    for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()[1:]:
        fields = line.split(maxsplit=7)
        if fields[6] in held:
            found.append((fields[6], int(fields[3], 16), fields[7] if len(fields) > 7 else ""))
    return found


def test_the_traders_pipe_is_the_only_thing_that_listens_and_a_file_of_its_user(
    running: tuple[KillBench, list[int], Path],
) -> None:
    bench, (trader, desk), _ = running
    listening = [path for _, flags, path in unix_sockets(trader) if flags & LISTENS]
    card = read_card(bench.folder)
    assert card is not None
    assert listening == [card.address]
    assert not card.address.startswith("@")
    assert [path for _, flags, path in unix_sockets(desk) if flags & LISTENS] == []
    told = Path(card.address).lstat()
    assert stat.S_ISSOCK(told.st_mode)
    assert stat.S_IMODE(told.st_mode) == 0o600
    assert stat.S_IMODE(Path(card.address).parent.lstat().st_mode) == 0o700


def as_nobody(address: str) -> int:
    """The error of a connect by another user of this machine; 0 when he gets in."""
    with warnings.catch_warnings():
        # newer Pythons warn of a fork beside threads; this child only connects
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.setgid(65534)
            os.setuid(65534)
            with socket.socket(socket.AF_UNIX) as plug:
                os._exit(plug.connect_ex(address))
        finally:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_cannot_reach_the_pipe(running: tuple[KillBench, list[int], Path]) -> None:
    bench, _, _ = running
    card = read_card(bench.folder)
    assert card is not None
    assert as_nobody(card.address) == errno.EACCES
    # even with a way to it: the socket's own rights are enough
    folders = [each for each in Path(card.address).parents if each.lstat().st_mode & 0o001 == 0]
    modes = [stat.S_IMODE(each.lstat().st_mode) for each in folders]
    try:
        for each in folders:
            each.chmod(0o711)
        assert as_nobody(card.address) == errno.EACCES
        Path(card.address).chmod(0o666)
        assert as_nobody(card.address) == 0, "the way is open, so it was the rights that kept him out"
    finally:
        Path(card.address).chmod(0o600)
        for each, mode in zip(folders, modes, strict=True):
            each.chmod(mode)


WATCHED = Path(__file__).with_name("watched.py")


def watched(told: Path, *words: str) -> dict[str, list[str]]:
    """Run the program to its end under an audit of what it opens, connects to, binds, starts and unpickles."""
    done = subprocess.run(
        [sys.executable, str(WATCHED), str(told), *words],
        env={**os.environ, "HOME": str(told.parent), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(told.read_text())


def test_a_replay_reaches_nobody_and_writes_only_what_it_was_told_to(tmp_path: Path, shared_data: Path) -> None:
    out = tmp_path / "out.jsonl"
    file = shared_data / "ticks_clipped_000400_L20.60.csv.gz"
    words = ("replay", str(file), "--events", str(out), "--guard", "000400.SZ=1000000", "--position", "000400.SZ=1@1")
    seen = watched(tmp_path / "seen.json", *words)
    assert seen["reached"] == []
    assert seen["unpickled"] == []
    assert set(seen["written"]) == {str(out)}


def test_a_simulation_reaches_nobody_and_leaves_nothing(tmp_path: Path) -> None:
    seen = watched(tmp_path / "seen.json", "simulate", "--schedules", "3", "--seed", "7")
    assert seen["reached"] == []
    assert seen["started"] == []
    assert [name for name in seen["written"] if Path(name).exists() and not name.startswith("/dev/")] == []


def test_a_trader_reaches_only_its_own_pipe_and_writes_only_its_own_folder(tmp_path: Path) -> None:
    base = tmp_path / "data"
    seen = watched(tmp_path / "seen.json", "--data", str(base), "--speed", "60", "--trader")
    folder = base / "paper"
    assert {name for name in seen["reached"] if name != str(folder / "trader.sock")} == set()
    assert seen["unpickled"] == []
    assert seen["started"] == []
    outside = [name for name in seen["written"] if not Path(name).is_relative_to(folder)]
    assert outside == []
    assert str(folder / "trader.log") in seen["written"]


def test_the_audit_sees_what_it_looks_for(tmp_path: Path) -> None:
    seen = watched(tmp_path / "seen.json", "the-audit-itself")
    assert "127.0.0.1" in str(seen["reached"])
    assert seen["unpickled"]
    assert seen["started"]
    assert str(tmp_path / "seen.json.extra") in seen["written"]


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
