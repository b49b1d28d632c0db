"""The one command for all figures: what it runs is there, and it reads and tells what that prints."""

import importlib.util
import json
import subprocess
from datetime import date

import pytest

from tests import figures
from tests.figures import BEGIN, END, FIGURES, README, Seen, last_object, measured, table, written


def figure(word: str) -> figures.Figure:
    return next(one for one in FIGURES if word in one.words)


@pytest.mark.parametrize("one", FIGURES, ids=lambda one: " ".join(one.words[:2]))
def test_every_command_is_there(one: figures.Figure) -> None:
    assert importlib.util.find_spec(one.words[0]) is not None


def test_a_figure_is_read_from_what_its_command_prints() -> None:
    seen = measured(figure("tests.simulate.fault_table"), full=False)
    injected, _, rows = seen.seen.partition(" / ")
    assert rows == "65"
    assert int(injected) >= 50
    assert seen.command == "python -m tests.simulate.fault_table"


def test_a_command_that_prints_nothing_is_a_figure_that_does_not_hold() -> None:
    silent = figures.Figure("", "", ("platform",), (), (), str, bool)
    assert not measured(silent, full=False).holds


@pytest.mark.parametrize(("code", "holds"), [(0, True), (1, False), (-9, False)])
def test_a_command_that_ends_badly_is_a_figure_that_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, code: int, holds: bool
) -> None:
    printed = json.dumps({"schedules": 3, "days": 3, "events": 9, "twice": 0, "violations": []})
    done = subprocess.CompletedProcess[str]([], code, printed, "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    assert measured(figure("simulate"), full=False).holds is holds


def test_the_last_object_counts() -> None:
    assert last_object('progress\n{"kills": 1}\n{"kills": 2}\n') == {"kills": 2}
    with pytest.raises(ValueError, match="no JSON"):
        last_object("nothing")


def test_the_simulators_object_says_what_its_figure_tells(capsys: pytest.CaptureFixture[str]) -> None:
    from qmtdesk import app

    assert app.main(["simulate", "--schedules", "4", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    one = FIGURES[0]
    assert one.seen(told).startswith("4 个故事")
    assert one.holds(told)
    assert not one.holds({**told, "violations": [{}]})


def test_the_table_goes_between_the_markers_and_can_be_written_again() -> None:
    seen = [Seen("说的", "0", "1 次", False, "python -m some", 3)]
    shown = table(seen, full=False, day=date(2026, 11, 22), of="abc1234")
    once = written(README.read_text(encoding="utf-8"), shown)
    assert once == written(once, shown)
    assert "| 说的 | 0 | 1 次 ✗ | `python -m some` | 3 s |" in once.partition(BEGIN)[2].partition(END)[0]
    with pytest.raises(ValueError, match="nowhere"):
        written("no markers", shown)
