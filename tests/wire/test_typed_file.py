"""A settings file is taken whole, or kept aside with a reason; nothing in it can crash the program."""

import os
import random
import re
from pathlib import Path

import msgspec
import pytest

from qmtdesk.desk.link.settings import DeskSettings, SortOrder, desk_settings
from qmtdesk.store.settings import TraderSettings, trader_settings
from qmtdesk.wire import files as files_module
from qmtdesk.wire import typed_file as module
from qmtdesk.wire.typed_file import LIMIT, Fault

FULL = DeskSettings(
    theme="light",
    language="en",
    palette="green_up",
    paper_speed=20,
    layouts={"1600x900": "QUJD", "1366x768": "AAAA"},
    sorts={"bonds": SortOrder("price", True)},
    hotkeys={"kill": "F12"},
    warned=("auction", "费用"),
)


def files(folder: Path) -> set[str]:
    return {path.name.split(".bad-")[0] for path in folder.iterdir()}


def test_no_file_means_the_defaults_and_no_problem(tmp_path):
    loaded = desk_settings(tmp_path).load()
    assert (loaded.value, loaded.problem, loaded.kept) == (DeskSettings(), "", None)


def test_what_was_saved_is_loaded_and_readable_by_people(tmp_path):
    file = desk_settings(tmp_path)
    file.save(FULL)
    assert file.load().value == FULL
    assert '\n  "theme": "light",\n' in file.path.read_text(encoding="utf-8")
    assert file.path.stat().st_mode & 0o077 == 0


def test_trader_settings_survive_with_their_limits(tmp_path):
    file = trader_settings(tmp_path)
    changed = msgspec.json.decode(b'{"version": 1, "risk": {"order_value": 5000}}', type=TraderSettings)
    file.save(changed)
    assert file.load().value.risk.order_value == 5000
    assert file.load().value.fees.schedule().bond_commission_ppm == 50


BAD = {
    "an unknown key": ('{"version": 1, "thme": "dark"}', "thme"),
    "a newer version": ('{"version": 2, "theme": "dark"}', "version 2"),
    "no version": ('{"theme": "dark"}', "version"),
    "a wrong type": ('{"version": 1, "paper_speed": "fast"}', r"\$\.paper_speed"),
    "out of range": ('{"version": 1, "paper_speed": 61}', "<= 60"),
    "a float": ('{"version": 1, "paper_speed": 1.5}', r"\$\.paper_speed"),
    "an unknown word": ('{"version": 1, "theme": "pink"}', r"\$\.theme"),
    "not base64": ('{"version": 1, "layouts": {"a": "<b>"}}', r"\$\.layouts"),
    "a broken line": ('{\n "version": 1,\n "theme": dark\n}', "line 3"),
    "cut short": ('{"version": 1,', "end of file"),
    "nothing": ("", "end of file"),
    "a list": ("[1]", "array"),
    "deep": ("[" * 100_000, "desk-settings.json"),
    "a key twice wrong": ('{"version": 1, "sorts": {"bonds": {"column": "a", "up": true}}}', "up"),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=BAD)
def test_a_bad_file_is_kept_and_its_fault_named(tmp_path, text, told):
    file = desk_settings(tmp_path)
    file.path.write_text(text, encoding="utf-8")
    loaded = file.load()
    assert loaded.value == DeskSettings()
    assert loaded.kept.read_text(encoding="utf-8") == text
    assert "desk-settings.json" in loaded.problem
    assert re.search(told, loaded.problem), loaded.problem
    assert not file.path.exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"version": 1, "risk": {"order_vlaue": 5}}', r"\$\.risk: unknown key `order_vlaue`"),
        ('{"version": 1, "risk": {"order_value": -1}}', "risk.order_value is below zero"),
        ('{"version": 1, "fees": {"bond_ppm": 90000}}', "bond_ppm"),
    ],
)
def test_a_mistyped_limit_is_no_limit_and_is_told(tmp_path, text, told):
    file = trader_settings(tmp_path)
    file.path.write_text(text)
    loaded = file.load()
    assert loaded.value == TraderSettings()
    assert re.search(told, loaded.problem), loaded.problem


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"version": 1, "risk": {"order_vlaue": 5}}', Fault("unknown_key", "risk.order_vlaue", "5")),
        ('{"version": 1, "rsik": {"order_value": 5}}', Fault("unknown_key", "rsik", '{"order_value":5}')),
        ('{"version": 1, "fees": {"bond_pmm": 5}}', Fault("unknown_key", "fees.bond_pmm", "5")),
        ('{"version": 1, "risk": {"order_value": -1}}', Fault("wrong_value", "risk.order_value", "-1")),
        ('{"version": 1, "risk": {"order_value": "5"}}', Fault("wrong_value", "risk.order_value", '"5"')),
        ('{"version": 1, "fees": {"bond_ppm": 90000}}', Fault("wrong_value", "fees.bond_ppm", "90000")),
        ('{"version": 2}', Fault("other_version", "version", "2")),
        ('{\n "version": 1,\n "risk": {"order_value": 5,}\n}', Fault("broken", "line 3")),
        ("[1]", Fault("wrong_value")),
    ],
)
def test_a_fault_is_told_in_parts_and_the_users_own_file_stays_where_it_is(tmp_path, text, fault):
    file = trader_settings(tmp_path)
    file.path.write_text(text)
    for _ in range(3):
        loaded = file.load()
        assert loaded.fault == fault
        assert file.path.read_text() == loaded.kept.read_text() == text
        assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(OSError, match=re.escape(str(file.path))):
        file.save(TraderSettings())
    assert file.path.read_text() == text


def test_a_file_that_stays_is_never_stood_in_for_by_an_old_one(tmp_path):
    file = trader_settings(tmp_path)
    file.save(msgspec.json.decode(b'{"version": 1, "risk": {"order_value": 5000}}', type=TraderSettings))
    file.save(TraderSettings())
    file.path.write_bytes(b"{")
    assert file.load().value == TraderSettings()
    assert not file.load().from_backup


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="a file its owner may not read")
def test_a_file_that_may_not_be_read_is_a_fault(tmp_path):
    file = trader_settings(tmp_path)
    file.save(TraderSettings())
    file.path.chmod(0)
    assert file.load().fault == Fault("unreadable")


def test_a_folder_in_a_files_place_is_a_fault_and_stays(tmp_path):
    file = trader_settings(tmp_path)
    file.path.mkdir()
    assert file.load().fault == Fault("unreadable")
    assert file.path.is_dir()


def test_of_a_bad_file_the_one_before_is_taken(tmp_path):
    file = desk_settings(tmp_path)
    file.save(FULL)
    file.save(DeskSettings(paper_speed=9))
    file.path.write_bytes(b"{")
    loaded = file.load()
    assert loaded.value == FULL
    assert loaded.from_backup
    assert loaded.problem
    assert loaded.kept is not None


def test_a_bad_file_never_becomes_the_backup(tmp_path):
    file = desk_settings(tmp_path)
    file.save(FULL)
    file.save(FULL)
    file.path.write_bytes(b"{")
    file.save(DeskSettings())
    assert file.decode(file.backup.read_bytes(), file.backup) == FULL


def test_a_byte_order_mark_is_no_fault_and_gbk_is(tmp_path):
    file = desk_settings(tmp_path)
    file.path.write_bytes(b'\xef\xbb\xbf{"version": 1, "warned": ["x"]}')
    assert file.load().value.warned == ("x",)
    file.path.write_bytes('{"version": 1, "warned": ["费用"]}'.encode("gbk"))
    assert file.load().problem


@pytest.mark.fault("O11")
def test_a_huge_file_is_not_read(tmp_path):
    file = desk_settings(tmp_path)
    file.path.write_bytes(b" " * (LIMIT + 10))
    assert "larger" in file.load().problem


def test_bad_files_of_one_second_are_all_kept(tmp_path):
    file = desk_settings(tmp_path)
    kept = set()
    for n in range(4):
        file.path.write_text(f"bad {n}")
        kept.add(file.load().kept)
    assert sorted(path.read_text() for path in kept) == [f"bad {n}" for n in range(4)]


def test_a_file_that_is_a_folder_does_not_crash(tmp_path):
    file = desk_settings(tmp_path)
    file.path.mkdir()
    assert file.load().value == DeskSettings()


def refusing(monkeypatch: pytest.MonkeyPatch, path: Path, times: int) -> None:
    """As Windows does while a virus scanner or a backup holds the file."""
    real, left = Path.open, [times]

    def opened(self: Path, *args, **words):
        if self == path and left[0]:
            left[0] -= 1
            raise PermissionError(13, "being used by another process", str(self))
        return real(self, *args, **words)

    monkeypatch.setattr(Path, "open", opened)


@pytest.mark.parametrize("make", [desk_settings, trader_settings])
def test_a_file_another_program_holds_for_a_moment_is_waited_for(tmp_path, monkeypatch, make):
    file = make(tmp_path)
    file.save(type(file.load().value)())
    before = files(tmp_path)
    refusing(monkeypatch, file.path, 3)
    loaded = file.load()
    assert (loaded.problem, loaded.fault, loaded.kept) == ("", None, None)
    assert files(tmp_path) == before


def test_a_file_that_stays_held_is_told_and_stays_in_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr(files_module, "PAUSE_S", 0.0)
    file = desk_settings(tmp_path)
    file.save(FULL)
    refusing(monkeypatch, file.path, 10_000)
    loaded = file.load()
    assert "another process" in loaded.problem
    assert loaded.unreadable
    assert loaded.kept is None
    monkeypatch.undo()
    assert files(tmp_path) == {"desk-settings.json"}
    assert file.load().value == FULL


def test_the_backup_is_kept_though_the_file_is_held_for_a_moment(tmp_path, monkeypatch):
    file = desk_settings(tmp_path)
    file.save(FULL)
    refusing(monkeypatch, file.path, 2)
    file.save(DeskSettings(paper_speed=9))
    assert file.decode(file.backup.read_bytes(), file.backup) == FULL


def test_a_bad_file_that_cannot_be_moved_is_told_all_the_same(tmp_path, monkeypatch):
    file = desk_settings(tmp_path)
    file.path.write_text("bad")

    def refuse(source: Path, target: Path) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(module, "replace_patiently", refuse)
    loaded = file.load()
    assert loaded.kept is None
    assert loaded.problem


@pytest.mark.fault("O9")
@pytest.mark.parametrize("make", [desk_settings, trader_settings])
def test_mutated_files_are_taken_or_told_and_never_crash(tmp_path, long_run, make):
    file = make(tmp_path)
    file.save(FULL if make is desk_settings else TraderSettings())
    file.backup.unlink(missing_ok=True)
    good = file.path.read_bytes()
    original = file.load().value
    dice = random.Random(5)
    told = 0
    for _ in range(20_000 if long_run else 600):
        bad = bytearray(good)
        for _ in range(dice.choice((1, 1, 2, 5))):
            at = dice.randrange(len(bad) or 1)
            match dice.randrange(4):
                case 0:
                    del bad[at:]
                case 1:
                    bad[at : at + 1] = dice.randbytes(1)
                case 2:
                    bad[at:at] = dice.choice((b'"', b"{", b"9", b"-", b"null", b"\\u0000", b"1e308"))
                case 3:
                    del bad[at : at + dice.randrange(9)]
        file.path.write_bytes(bad)
        loaded = file.load()
        assert isinstance(loaded.value, type(original))
        if loaded.problem:
            told += 1
            assert loaded.kept.read_bytes() == bytes(bad)
            loaded.kept.unlink()
    assert told > 300
