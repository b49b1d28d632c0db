"""The diagnostics bundle: what is in it, and what is never in it."""

import random
import zipfile
from pathlib import Path

import pytest
from secret_shapes import Said, unknown

from qmtdesk.store.journal import Journal, JournalRow
from qmtdesk.trader import bundle as room
from qmtdesk.trader.bundle import CONTENTS, write_bundle
from qmtdesk.trader.check import Wish, check
from qmtdesk.trader.check_command import bundle_of
from qmtdesk.wire import redact_fully as naming
from qmtdesk.wire.live_settings import LiveSettings, live_settings
from qmtdesk.wire.probe_lines import Code, ProbeLine, bad, said
from qmtdesk.wire.redact_fully import redact_fully

COUNT = 1_000
ACCOUNT = "66800012345396"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    base = tmp_path / "data"
    for mode in ("paper", "live"):
        (base / mode).mkdir(parents=True)
    live_settings(base / "live").save(LiveSettings(folder=r"C:\Users\张三 丰\QMT\userdata_mini", account=ACCOUNT))
    return base


def unpacked(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as bundle:
        assert bundle.testzip() is None
        return {name: bundle.read(name).decode() for name in bundle.namelist()}


def planted(data: Path, secrets: list[Said]) -> None:
    """Every secret in every source."""
    texts = [each.text.replace("\n", " ") for each in secrets]
    folder = data / "live"
    for name in (
        "trader.log",
        "trader.log.1",
        "desk.log",
        "trader-output.log",
        "trader-fault.txt",
        "trader-refusal.txt",
    ):
        (folder / name).write_text(
            "\n".join(f"2026-11-20 10:00:00 qmtdesk INFO {text}" for text in texts), encoding="utf-8"
        )
    (folder / "qmt-20261120.jsonl").write_text("\n".join(texts), encoding="utf-8")
    (folder / "desk-settings.json").write_text("\n".join(texts), encoding="utf-8")
    journal = Journal.open(folder / "journal.db")
    # the excerpt holds 20 rows of the beginning and 500 of the end: two secrets in each
    pairs = [" and ".join(texts[n : n + 2]) for n in range(0, len(texts), 2)]
    journal.append([JournalRow(n, "EventTold", text.encode()) for n, text in enumerate(pairs)], durable=True)
    journal.close()


def told(secrets: list[Said]) -> list[ProbeLine]:
    return [bad("load", said(Code.LOOK_LOAD, package="x"), said(Code.RAISED, text=each.text), None) for each in secrets]


def test_a_thousand_secrets_in_every_source_do_not_come_out(data: Path, tmp_path: Path) -> None:
    secrets = list(unknown(random.Random(20261120), COUNT))
    planted(data, secrets)
    target = tmp_path / "bundle.zip"
    write_bundle(target, data, told(secrets), screen="\n".join(each.text for each in secrets))
    found = unpacked(target)
    sources = {"check.txt", "check.json", "versions.txt", "journal/live.txt", "qmt/live/qmt-20261120.jsonl"}
    sources |= {f"logs/live/{name}" for name in ("trader.log", "trader.log.1", "desk.log", "trader-output.log")}
    sources |= {"logs/live/trader-fault.txt", "logs/live/trader-refusal.txt", "settings/live/desk-settings.json"}
    assert sources <= found.keys()
    leaks = [(name, each.text) for name, text in found.items() for each in secrets if each.leaks(text)]
    assert leaks == [], f"{len(leaks)} leaks, the first: {leaks[:5]}"


def test_the_known_number_and_numbers_of_other_accounts_are_hidden(data: Path, tmp_path: Path) -> None:
    other = "66800054321777"
    log = f"account {ACCOUNT}\nstray push of {other}\nsent to 6680 0012 3453 96\n{{'account_id': '{other}'}}\n"
    (data / "live" / "trader.log").write_text(log, encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, ())
    text = "\n".join(unpacked(tmp_path / "b.zip").values())
    for hidden in (ACCOUNT, other, "6680 0012 3453 96"):
        assert hidden not in text
    assert "66****396" in text


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Users\zhang san\AppData\qmtdesk",
        "C:\\\\Users\\\\zhang san\\\\AppData",
        "C:/Users/zhang san/x",
        "/".join(("", "home", "zhangsan", ".local", "share")),
        r"d:\users\zhangsan\Desktop",
        r"C:\Documents and Settings\zhangsan\x",
    ],
)
def test_nobodys_name_is_left_in_a_path(path: str) -> None:
    shown = redact_fully(f"opened {path} at once")
    assert "zhang" not in shown
    assert shown.startswith("opened")


def test_the_users_own_name_is_hidden_wherever_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "user_name", lambda: "Lihua")
    assert "ihua" not in redact_fully("pipe of lihua, owner=LIHUA, /srv/Lihua/x")
    monkeypatch.setattr(naming, "user_name", lambda: "root")
    assert redact_fully("the root of it") == "the root of it"


def test_what_helps_is_left(data: Path, tmp_path: Path) -> None:
    line = "2026-11-20 10:01:02,345 qmtdesk.trader WARNING order q261120-000042 of 113050.SH at price 108500 refused"
    (data / "paper" / "trader.log").write_text(line, encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, list(check(Wish(data, connect=False))), "1920x1080 at 150 %")
    found = unpacked(tmp_path / "b.zip")
    assert found["logs/paper/trader.log"] == line
    assert "1920x1080 at 150 %" in found["versions.txt"]
    assert "66****396" in found["check.txt"]


def test_the_key_of_the_pipe_and_what_is_not_asked_for_stay_out(data: Path, tmp_path: Path) -> None:
    for name in ("trader.json", "bond-list.json", "world.msgpack", "install.key"):
        (data / "live" / name).write_text("key of the pipe", encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, ())
    found = unpacked(tmp_path / "b.zip")
    assert found.keys() == {"check.txt", "check.json", "versions.txt", "settings/live/live-settings.json", CONTENTS}
    assert "key of the pipe" not in "".join(found.values())


def test_the_contents_name_every_file_and_what_could_not_be_read(data: Path, tmp_path: Path) -> None:
    (data / "live" / "journal.db").write_bytes(b"no database" * 100)
    (data / "live" / "trader.log").write_text("x", encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, ())
    found = unpacked(tmp_path / "b.zip")
    listed = found[CONTENTS]
    assert all(name in listed for name in found if name != CONTENTS)
    assert "journal/live.txt: not readable" in listed
    assert "journal/live.txt" not in found


def test_the_words_of_a_failure_name_no_account_either(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(f"account={ACCOUNT} password=hunter2hunter2")

    (data / "live" / "journal.db").write_bytes(b"x")
    monkeypatch.setattr(room, "excerpt", fails)
    write_bundle(tmp_path / "b.zip", data, ())
    (line,) = [each for each in unpacked(tmp_path / "b.zip")[CONTENTS].splitlines() if "not readable" in each]
    assert ACCOUNT not in line
    assert "hunter2" not in line
    assert "journal/live.txt" in line


def test_large_logs_are_cut_to_their_end_and_the_whole_has_a_limit(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOG_BYTES", 2_000)
    monkeypatch.setattr(room, "WHOLE_BYTES", 9_000)
    for n in range(6):
        text = "\n".join(f"line {k} of {n}" for k in range(2_000))
        (data / "live" / f"log{n}.log").write_text(text, encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, ())
    found = unpacked(tmp_path / "b.zip")
    logs = {name: text for name, text in found.items() if name.startswith("logs/")}
    assert 0 < len(logs) < 6
    for text in logs.values():
        assert text.splitlines()[0].startswith("line ")
        assert "line 1999 of" in text
        assert "line 0 of" not in text
    assert "too large" in found[CONTENTS]


def test_a_bundle_that_cannot_be_written_leaves_the_one_before(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "gone" / "b.zip"
    with pytest.raises(OSError, match="gone"):
        write_bundle(target, data, ())
    assert not target.exists()


def test_a_line_without_an_end_is_cut_and_says_so(data: Path, tmp_path: Path) -> None:
    (data / "live" / "trader.log").write_text("ab " * 20_000, encoding="utf-8")
    write_bundle(tmp_path / "b.zip", data, ())
    assert "40000 more characters" in unpacked(tmp_path / "b.zip")["logs/live/trader.log"]


def test_a_trader_has_it_made_by_another_process(data: Path) -> None:
    made = bundle_of(data / "live", screen="1366x768")
    found = unpacked(made)
    assert made.parent == data / "live"
    assert "1366x768" in found["versions.txt"]
    assert ACCOUNT not in "".join(found.values())
    assert "look_client" not in found["check.json"], "a bundle does not connect"


def test_a_bundle_that_was_not_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not-there"):
        bundle_of(tmp_path / "not-there" / "live")
