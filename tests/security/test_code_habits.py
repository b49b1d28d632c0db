"""What no line of the package may do: run what it reads, listen, call out, or let a text be taken for markup."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmtdesk.desk.brush.plain import plain_tip

ROOT = Path(__file__).resolve().parents[2] / "qmtdesk"
FILES = sorted(ROOT.rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}

RUNS_WHAT_IT_READS = frozenset(
    {
        "pickle",
        "cPickle",
        "shelve",
        "marshal",
        "dill",
        "yaml",
        "ruamel",
        "jsonpickle",
        "joblib",
        "code",
        "codeop",
        "runpy",
    }
)
SHELLS = (
    *("os.system", "os.popen", "os.startfile", "os.exec", "os.spawn", "os.posix_spawn"),
    *("subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"),
)
XML = frozenset({"xml", "lxml", "xmltodict", "plistlib"})
WORDS_ONLY = frozenset({"urllib.parse"})
"""Takes an address apart and opens none."""
CALLS_OUT = frozenset(
    {"http", "urllib", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "telnetlib", "xmlrpc", "websockets", "ssl"}
)
BUILTINS = frozenset({"eval", "exec", "compile", "__import__"})
SHOWS_TEXT = frozenset({"QLabel", "QMessageBox", "QTextEdit", "QTextBrowser", "QWhatsThis", "QTextDocument"})


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def imported(tree: ast.AST) -> list[tuple[str, ast.AST]]:
    found: list[tuple[str, ast.AST]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.module or "", node))
            found += [(f"{node.module}.{alias.name}", node) for alias in node.names]
    return found


def calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def hunted(path_rule) -> list[str]:
    return [hit for path, tree in TREES.items() for hit in path_rule(path, tree)]


def test_nothing_that_is_read_is_ever_run() -> None:
    found = hunted(
        lambda path, tree: (
            [where(path, node) for name, node in imported(tree) if RUNS_WHAT_IT_READS & {*name.split(".")}]
            + [where(path, node) for name, node in calls(tree) if name in BUILTINS]
        )
    )
    assert found == []


def test_nothing_calls_out() -> None:
    assert (
        hunted(
            lambda path, tree: [
                where(path, node)
                for name, node in imported(tree)
                if name.split(".")[0] in CALLS_OUT and not name.startswith(tuple(WORDS_ONLY))
            ]
        )
        == []
    )


def test_a_socket_is_only_a_local_one() -> None:
    """AF_UNIX on POSIX, a named pipe on Windows; a TCP address is nowhere."""
    found = hunted(
        lambda path, tree: (
            [where(path, node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and "AF_INET" in node.attr]
            + [
                where(path, node)
                for name, node in calls(tree)
                if name.endswith((".create_connection", ".create_server"))
            ]
            + [
                where(path, node)
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.search(r"0\.0\.0\.0|127\.0\.0\.1|localhost|https?://", node.value)
            ]
        )
    )
    assert found == []


def test_the_pipe_is_never_unpickled() -> None:
    """multiprocessing.connection's send and recv pickle; only its byte calls may be used, and not its authkey.

    `recv` is looked for in every file, for a connection is handed on; what receives in our own rooms is `receive`.
    """
    for path, tree in TREES.items():
        makes_them = any(name.startswith("multiprocessing") for name, _ in imported(tree))
        for name, node in calls(tree):
            pickles = name.endswith((".recv", "raw.send")) or (makes_them and name.endswith(".send"))
            assert not pickles or "socket" in name, where(path, node)
            assert not any(word.arg == "authkey" for word in node.keywords), where(path, node)


def test_no_shell_is_started() -> None:
    found = hunted(
        lambda path, tree: [
            where(path, node)
            for name, node in calls(tree)
            if name.startswith(SHELLS)
            or any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in node.keywords)
        ]
    )
    assert found == []


def test_nothing_is_loaded_by_a_name_that_was_read() -> None:
    """A module's name stands in the code or in a table of it; `importlib` is otherwise a way to run what is read."""
    found = hunted(
        lambda path, tree: [
            where(path, node)
            for name, node in calls(tree)
            if name in ("importlib.import_module", "import_module", "importlib.reload")
            and not (node.args and isinstance(node.args[0], ast.Constant))
            and path.name not in LOADERS
        ]
    )
    assert found == []


# what a loader may load stands in its own file
LOADERS = {"bond_list_sql.py": "import_module(driver.module)", "native.py": 'import_module(f"{package}.{name}")'}
# who reads XML lets its parser refuse every declaration first, so that there is no entity to follow
XML_READERS = {"bond_list_sheet.py": "parser.StartDoctypeDeclHandler = refuse"}


def test_who_is_allowed_more_does_exactly_that() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in FILES}
    for name, line in {**LOADERS, **XML_READERS}.items():
        assert line in texts[name]


def test_no_file_is_made_under_a_name_somebody_may_guess() -> None:
    found = hunted(
        lambda path, tree: [
            where(path, node) for name, node in calls(tree) if name.endswith((".mktemp", ".tmpnam", ".tempnam"))
        ]
    )
    assert found == []


def test_no_file_is_made_by_what_hangs_in_a_folder_of_windows_that_may_not_be_written() -> None:
    """`mkstemp` takes a refused access for a taken name there and tries two thousand million more."""
    found = hunted(lambda path, tree: [where(path, node) for name, node in calls(tree) if name.endswith("mkstemp")])
    assert found == []


def test_nothing_is_kept_safe_by_an_assert() -> None:
    """`python -O` leaves them out."""
    found = hunted(lambda path, tree: [where(path, node) for node in ast.walk(tree) if isinstance(node, ast.Assert)])
    assert found == []


def test_no_xml_is_read() -> None:
    """Its parsers follow entities; a library that reads some is handed size limits where it is called."""
    found = hunted(
        lambda path, tree: [
            where(path, node)
            for name, node in imported(tree)
            if name.split(".")[0] in XML and path.name not in XML_READERS
        ]
    )
    assert found == []


def test_nothing_random_that_matters_comes_from_a_seed() -> None:
    """Keys, names of runs and challenges come from the system; `random` is for the invented market alone."""
    found = hunted(
        lambda path, tree: [
            where(path, node)
            for name, node in imported(tree)
            if name.split(".")[0] == "random" and path.relative_to(ROOT).parts[0] not in ("simulate", "gateways")
        ]
    )
    assert found == []


@pytest.mark.parametrize(
    ("code", "test"),
    [
        ("import pickle", "test_nothing_that_is_read_is_ever_run"),
        ("eval(x)", "test_nothing_that_is_read_is_ever_run"),
        ("from msgspec import yaml", "test_nothing_that_is_read_is_ever_run"),
        ("self._raw.recv()", "test_the_pipe_is_never_unpickled"),
        ("self._raw.send(x)", "test_the_pipe_is_never_unpickled"),
        ("from multiprocessing import connection\nx.send(y)", "test_the_pipe_is_never_unpickled"),
        ("from http import client", "test_nothing_calls_out"),
        ("import urllib.request", "test_nothing_calls_out"),
        ("subprocess.run(x, shell=True)", "test_no_shell_is_started"),
        ("subprocess.run(x, shell=y)", "test_no_shell_is_started"),
        ("os.execv(x, y)", "test_no_shell_is_started"),
        ("import_module(x)", "test_nothing_is_loaded_by_a_name_that_was_read"),
        ("tempfile.mktemp()", "test_no_file_is_made_under_a_name_somebody_may_guess"),
        ("tempfile.mkstemp()", "test_no_file_is_made_by_what_hangs_in_a_folder_of_windows_that_may_not_be_written"),
        ("assert x", "test_nothing_is_kept_safe_by_an_assert"),
        ("from xml.etree import ElementTree", "test_no_xml_is_read"),
        ("import random", "test_nothing_random_that_matters_comes_from_a_seed"),
        ("socket.create_server(x)", "test_a_socket_is_only_a_local_one"),
        ("label.setHtml(x)", "test_no_widget_guesses_whether_a_text_is_markup"),
    ],
)
def test_each_hunt_finds_what_it_hunts(code: str, test: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TREES, ROOT / "desk" / "brush" / "plain.py", ast.parse(code))
    with pytest.raises(AssertionError):
        globals()[test]()


# the manual, which is ours, is set as a page; its links are not followed by the widget
PAGES = {"help_sheet.py": "setOpenLinks(False)"}


def test_a_page_of_markup_is_our_own_and_follows_no_link() -> None:
    for path in FILES:
        if path.name in PAGES:
            assert PAGES[path.name] in path.read_text(encoding="utf-8")


def test_no_widget_guesses_whether_a_text_is_markup() -> None:
    """Qt takes a label's text for HTML when it looks like it; ours are painted, or told to be plain."""
    found = hunted(
        lambda path, tree: [
            where(path, node)
            for name, node in calls(tree)
            if path.name not in PAGES
            and (
                name.endswith((".setHtml", ".insertHtml", ".RichText", ".setMarkdown"))
                or (name.split(".")[-1] in SHOWS_TEXT and "PlainText" not in path.read_text(encoding="utf-8"))
            )
        ]
    )
    assert found == []


def tooltips() -> list[tuple[str, str]]:
    """Every text handed to a tool tip, which Qt would take for markup."""
    return [
        (where(path, node), ast.unparse(node.args[1 if name.endswith("showText") else 0]))
        for path, tree in TREES.items()
        for name, node in calls(tree)
        if name.endswith((".setToolTip", "QToolTip.showText")) and node.args
    ]


def test_a_tool_tip_cannot_be_taken_for_markup() -> None:
    """Fixed words of our own, numbers put into them, or what the helper made plain."""
    ours = re.compile(r"^(t\(.*\)|plain_tip\(.*\))( if \w+ else '')?$")
    assert [tip for tip in tooltips() if not ours.match(tip[1])] == []
    assert len(tooltips()) > 3


@given(st.text())
def test_a_plain_tip_shows_exactly_what_it_was_given(words: str) -> None:
    shown = plain_tip(words)
    if shown == words:
        assert "<" not in words
        return
    inside = shown.removeprefix("<span>").removesuffix("</span>")
    assert unescape(inside.replace("<br>", "\n")) == words
    assert "<" not in inside.replace("<br>", "")


def test_a_name_with_markup_in_it_is_no_markup_in_a_tip() -> None:
    assert plain_tip('<img src="file:///x">') == "<span>&lt;img src=&quot;file:///x&quot;&gt;</span>"
