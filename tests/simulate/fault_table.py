"""Every row of the fault model and what brings it about, read from the tests themselves.

A test says which fault it injects by `@pytest.mark.fault("X14")`; what the simulator injects says its catalogue, and
that each of those really comes up is a test. `python -m tests.simulate.fault_table` prints the table.
"""

import argparse
import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent)]

from qmtdesk.simulate.catalogue import FAULTS  # noqa: E402

ROWS = (
    *(f"G{n}" for n in range(1, 27)),
    *(f"M{n}" for n in range(1, 10)),
    *(f"X{n}" for n in range(1, 17)),
    *(f"O{n}" for n in range(1, 15)),
)
MARK = "pytest.mark.fault"


def marks_in(text: str) -> Iterator[tuple[str, str]]:
    """(row, test) of every marked test of a file; a file's own `pytestmark` counts for each of its tests."""
    tree = ast.parse(text)
    whole = [mark for node in tree.body if isinstance(node, ast.Assign) for mark in _of_module(node)]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for mark in (*whole, *node.decorator_list):
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == MARK:
                    yield from ((str(ast.literal_eval(row)), node.name) for row in mark.args)


def _of_module(node: ast.Assign) -> list[ast.expr]:
    if [ast.unparse(target) for target in node.targets] != ["pytestmark"]:
        return []
    return node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]


def marked(folder: Path = TESTS) -> dict[str, tuple[str, ...]]:
    """The marked tests of a folder by row, each as file::name."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for row, name in marks_in(path.read_text(encoding="utf-8")):
            found.setdefault(row, []).append(f"{path.relative_to(folder).as_posix()}::{name}")
    return {row: tuple(names) for row, names in found.items()}


def empty(found: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Rows that nothing brings about."""
    return tuple(row for row in ROWS if row not in FAULTS and row not in found)


def table(found: dict[str, tuple[str, ...]]) -> str:
    """The rows as a reader wants them: id, the simulator's faults, the tests."""
    lines = []
    for row in ROWS:
        parts = [*(f"simulate:{name}" for name in FAULTS.get(row, ())), *found.get(row, ())]
        lines.append(f"{row:4} {', '.join(parts) or '- none yet'}")
    return "\n".join(lines)


def main() -> int:
    """The table and how many rows have an injection; 1 while one has none."""
    parser = argparse.ArgumentParser(prog="tests.simulate.fault_table")
    parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object")
    found = marked()
    bare = empty(found)
    if parser.parse_args().as_json:
        print(json.dumps({"faults": len(ROWS), "injected": len(ROWS) - len(bare), "empty": bare}))
    else:
        print(f"{table(found)}\n{len(ROWS) - len(bare)} of {len(ROWS)}; none yet: {' '.join(bare) or '-'}")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
