"""Cuts a program off from the network: no cable, no wireless, only the computer's own loopback.

    unshare --net -- python offline.py PROGRAM WORDS...

As a program it makes the loopback work in the network it was put in, and becomes the other program.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

SET_FLAGS, UP = 0x8914, 1
WAYS = (
    ("unshare", "--net"),
    # without an administrator's rights, where this system lets everybody do so
    ("unshare", "--user", "--map-current-user", "--keep-caps", "--net"),
)
LIMIT_S = 30


def words_offline() -> list[str]:
    """What to put before a program's words; empty where this computer does not let one cut anything off."""
    for way in WAYS:
        words = [*way, "--", sys.executable, str(Path(__file__).resolve())]
        if shutil.which(way[0]) is not None and _networks(words) == ["lo"]:
            return words
    return []


def _networks(words: list[str]) -> list[str]:
    """Those that a program started so can see; none where it cannot be started so."""
    asked = [*words, "cat", "/proc/net/dev"]
    told = subprocess.run(asked, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    return [] if told.returncode else interfaces(told.stdout)


def interfaces(table: str) -> list[str]:
    """The names in the system's table of network interfaces."""
    return [line.partition(":")[0].strip() for line in table.splitlines() if ":" in line]


def main(words: list[str]) -> None:
    """Switch the loopback on, then be the other program."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))
    os.execvp(words[0], words)  # noqa: S606 - no shell


if __name__ == "__main__":
    main(sys.argv[1:])
