"""Start of the program: the desk, its trader, or a command for the terminal."""

import sys

from qmtdesk.app import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
