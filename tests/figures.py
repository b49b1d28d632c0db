"""All figures of "never twice, never lost" by one command: python -m tests.figures [--full] [--json FILE] [--write].

Each figure comes from a command of its own, which anybody can run by itself; here they are run one after another and
their JSON is read. Short by default; `--full` runs the aims and takes hours.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
SHANGHAI = timezone(timedelta(hours=8))
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
Told = Mapping[str, object]


@dataclass(frozen=True)
class Figure:
    """One figure: its aim, its command's words (short and full), what of the JSON is told, and whether it holds."""

    name: str
    aim: str
    words: tuple[str, ...]
    short: tuple[str, ...]
    full: tuple[str, ...]
    seen: Callable[[Told], str]
    holds: Callable[[Told], bool]


@dataclass(frozen=True)
class Seen:
    """What one command printed. `holds`: nothing was broken, whatever the size of the run."""

    name: str
    aim: str
    seen: str
    holds: bool
    command: str
    seconds: int


def number(told: Told, key: str) -> int:
    value = told[key]
    return value if isinstance(value, int) else 0


def size(told: Told, key: str) -> int:
    value = told[key]
    return len(value) if isinstance(value, list | dict) else 0


JOBS = ("--jobs", str(os.cpu_count() or 1))
SIMULATE = ("qmtdesk", "simulate", "--json", *JOBS)
KILLS = ("tests.kills.run", "--json", *JOBS)

FIGURES = (
    Figure(
        "随机交易日，全部故障，违背承诺的次数",
        "1,000,000 日，0 次",
        SIMULATE,
        ("--schedules", "1000", "--seed", "1"),
        ("--schedules", "1000000", "--seed", "1"),
        lambda t: (
            f"{number(t, 'schedules'):,} 个故事、{number(t, 'days'):,} 个交易日、{number(t, 'events'):,} 个事件，"
            f"{number(t, 'twice'):,} 个种子重放一次：{size(t, 'violations')} 次"
        ),
        lambda t: size(t, "violations") == 0,
    ),
    Figure(
        "故意放进程序的错误，被发现的",
        "全部",
        (*SIMULATE, "--mutant", "all", "--schedules", "4000"),
        (),
        (),
        lambda t: f"{size(t, 'mutants_caught')} / {number(t, 'mutants')}",
        lambda t: size(t, "mutants_caught") == number(t, "mutants"),
    ),
    Figure(
        "强杀真实进程，重复或丢失的委托与成交",
        "10,000 次，0",
        KILLS,
        ("--kills", "100"),
        ("--kills", "10000"),
        lambda t: f"{number(t, 'kills'):,} 次，{number(t, 'trades'):,} 笔成交：{number(t, 'violations')}",
        lambda t: number(t, "violations") == 0,
    ),
    Figure(
        "损坏的日志尾部，没有恢复到完整前缀的",
        "10,000 份，0",
        KILLS,
        ("--tails", "250"),
        ("--tails", "10000"),
        lambda t: f"{number(t, 'tails'):,} 份：{number(t, 'violations')}",
        lambda t: number(t, "violations") == 0,
    ),
    Figure(
        "故障目录里有自动注入的",
        "65 / 65",
        ("tests.simulate.fault_table", "--json"),
        (),
        (),
        lambda t: f"{number(t, 'injected')} / {number(t, 'faults')}",
        lambda t: number(t, "injected") == number(t, "faults"),
    ),
    Figure(
        "对照：原脚本的规则，没有任何故障的半小时",
        "qmtdesk 0",
        ("tests.simulate.baseline", "--json"),
        ("--half-hours", "60"),
        ("--half-hours", "600"),
        lambda t: (
            f"原脚本 {number(t, 'script_breaks')} / {number(t, 'half_hours')} 违背承诺，"
            f"qmtdesk {number(t, 'ours_break')} / {number(t, 'ours')}"
        ),
        lambda t: number(t, "ours_break") == 0,
    ),
)


def last_object(text: str) -> Told:
    """The last line that is a JSON object; ValueError when there is none."""
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            told: Told = json.loads(line)
            return told
    raise ValueError("no JSON object was printed")


def measured(figure: Figure, *, full: bool) -> Seen:
    """Run one figure's command. A command that prints no object is a figure that does not hold."""
    words = ("-m", *figure.words, *(figure.full if full else figure.short))
    shown = " ".join(("python", *(word for word in words if word not in ("--json", *JOBS))))
    started = time.monotonic()
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    took = round(time.monotonic() - started)
    try:
        told = last_object(done.stdout)
        # what ended badly did not do all of it, whatever it says of the rest
        holds = done.returncode == 0 and figure.holds(told)
        return Seen(figure.name, figure.aim, figure.seen(told), holds, shown, took)
    except (ValueError, KeyError) as error:
        print(done.stderr[-2_000:], file=sys.stderr)
        return Seen(figure.name, figure.aim, f"没有结果（{error}）", False, shown, took)


def commit() -> str:
    """The commit the figures are of, and whether anything was changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--", "qmtdesk", "tests")
    return (git("rev-parse", "--short", "HEAD") or "?") + (" 之后有改动" if changed else "")


def table(seen: list[Seen], *, full: bool, day: date, of: str) -> str:
    """The table as the README holds it."""
    head = f"{day.isoformat()}，提交 {of}，{'按目标规模跑完' if full else '短跑，规模见“这次看到的”'}："
    rows = [
        f"| {one.name} | {one.aim} | {one.seen}{'' if one.holds else ' ✗'} | `{one.command}` | {one.seconds} s |"
        for one in seen
    ]
    return "\n".join(
        [head, "", "| 说的是 | 目标 | 这次看到的 | 命令 | 用时 |", "| --- | --- | --- | --- | --- |", *rows]
    )


def written(text: str, shown: str) -> str:
    """A text with the table between its markers; ValueError when it has none."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{BEGIN} and {END} stand nowhere in the README")
    return f"{before}{BEGIN}\n{shown}\n{END}{after}"


def main() -> int:
    """Every figure, told as it is seen; 1 when one does not hold."""
    parser = argparse.ArgumentParser(prog="tests.figures", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the aims: takes hours")
    parser.add_argument("--json", dest="file", type=Path, metavar="FILE", help="write them to a file as JSON")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    given = parser.parse_args()
    seen: list[Seen] = []
    for figure in FIGURES:
        seen.append(measured(figure, full=given.full))
        one = seen[-1]
        print(
            f"{'ok ' if one.holds else 'BAD'} {one.name}（目标 {one.aim}）：{one.seen}  [{one.seconds} s]", flush=True
        )
    day, of = datetime.now(tz=SHANGHAI).date(), commit()
    if given.file:
        told = {"date": day.isoformat(), "commit": of, "full": given.full, "figures": [asdict(one) for one in seen]}
        given.file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if given.write:
        shown = table(seen, full=given.full, day=day, of=of)
        README.write_text(written(README.read_text(encoding="utf-8"), shown), encoding="utf-8")
    return 0 if all(one.holds for one in seen) else 1


if __name__ == "__main__":
    sys.exit(main())
