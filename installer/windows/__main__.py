"""`python -m installer.windows`: the build itself, in the environment that `python -m installer build` makes for it."""

import argparse
import sys

from installer.environment import SetupError
from installer.windows.build import build


def main(words: list[str]) -> int:
    """Build; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m installer build")
    parser.add_argument("--quick", action="store_true", help="a larger setup in a quarter of the time, for trials")
    parser.add_argument("--folder-only", action="store_true", help="no setup")
    given = parser.parse_args(words)
    try:
        build(quick=given.quick, folder_only=given.folder_only)
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
