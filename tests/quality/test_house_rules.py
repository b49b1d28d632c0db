"""The house rules, checked: one command finds everything that a reviewer should not have to say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted((ROOT / "qmtdesk").rglob("*.py")) + sorted((ROOT / "installer").rglob("*.py"))
FILE_LINES, FUNCTION_LINES = 400, 50
TABLES = {"texts", "calendar_days", "names", "bond_headers"}


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_ruff_has_nothing_to_say() -> None:
    done = _run("-m", "ruff", "check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_format_is_ruffs() -> None:
    done = _run("-m", "ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_is_content_in_strict_mode() -> None:
    done = _run("-m", "mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_import_goes_the_allowed_way() -> None:
    done = _run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout + done.stderr


def _is_table(path: Path) -> bool:
    return path.stem in TABLES or path.stem.startswith("texts")


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_says_one_thing_in_at_most_four_hundred_lines(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= FILE_LINES or _is_table(path), f"{lines} lines"


def _functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_no_function_is_long() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name} ({node.end_lineno - node.body[0].lineno})"
        for path in CODE
        for node in _functions(ast.parse(path.read_text(encoding="utf-8")))
        if node.end_lineno is not None and node.end_lineno - node.body[0].lineno > FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_every_module_opens_with_a_sentence() -> None:
    bare = [str(p.relative_to(ROOT)) for p in CODE if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not bare


def test_nothing_in_the_desk_blocks_the_loop() -> None:
    found = []
    for path in (ROOT / "qmtdesk" / "desk").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr
                if name in ("exec", "repaint", "grab", "sortItems", "resizeColumnsToContents"):
                    found.append(f"{path.name}:{node.lineno} .{name}()")
    assert not found, found


def test_a_bare_task_is_never_started() -> None:
    found = [
        f"{path.name}:{node.lineno}"
        for path in (ROOT / "qmtdesk").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("create_task", "ensure_future")
        and path.stem != "spawn"
    ]
    assert not found, found


CHINESE = re.compile(r"[\u4e00-\u9fff]+")
# units, what a language calls itself, and what the market itself writes into names
TERMS = {"厘", "股", "张", "手", "元", "万", "万元", "亿", "分", "前", "小时", "中文", "转债", "退"}
# the widest texts a column must hold
SAMPLES = {"table_columns.py", "topbar_groups.py"}


def _speaks_chinese(path: Path) -> list[int]:
    """Lines whose string literals, docstrings apart, hold Chinese."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            docs.add(id(node.value))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and not set(CHINESE.findall(node.value)) <= TERMS
    ]


def test_chinese_stands_only_where_users_texts_are_kept() -> None:
    allowed = {"app.py", "environment.py", "system.py"}
    found = {
        str(path.relative_to(ROOT)): lines
        for path in CODE
        if path.name not in allowed | SAMPLES
        and not path.is_relative_to(ROOT / "installer" / "windows")
        and not _is_table(path)
        and (lines := _speaks_chinese(path))
    }
    assert not found, found


def test_importing_any_module_touches_neither_disk_nor_network(tmp_path: Path) -> None:
    script = (
        "import importlib, pkgutil, socket, sys, pathlib\n"
        "def no(*a, **k): raise AssertionError('network at import')\n"
        "socket.socket.connect = no\n"
        "import qmtdesk\n"
        "for m in pkgutil.walk_packages(qmtdesk.__path__, 'qmtdesk.'):\n"
        "    if m.name != 'qmtdesk.__main__' and 'windows' not in m.name: importlib.import_module(m.name)\n"
        "assert not list(pathlib.Path.home().iterdir()), list(pathlib.Path.home().iterdir())\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "", "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


TRACKED_TEXT = {".py", ".toml", ".md", ".txt", ".sh", ".cfg", ""}
# with brackets, because this file must not name one either
FORBIDDEN = re.compile(r"(?<![\w.])/(work|root|home/\w+)/|[p]ypi\.org|[p]ythonhosted|[r]egistry\.npm")


def test_no_file_names_this_machine_or_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\n") if listed.returncode == 0 else []
    found = [
        name
        for name in names
        if name
        and (path := ROOT / name).is_file()
        and path.suffix in TRACKED_TEXT
        and FORBIDDEN.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found, found
