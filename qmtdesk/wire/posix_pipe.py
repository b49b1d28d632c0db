"""The pipe on every system but Windows: a socket file in a folder of this user's own."""

import os
import socket
import sys
from multiprocessing.connection import Connection, Listener
from pathlib import Path

CONNECT_S = 3.0
BACKLOG = 32

if sys.platform != "win32":

    def listen(address: str) -> Listener:
        """A listener at that path, in place of whatever a dead trader left there."""
        path = Path(address)
        path.unlink(missing_ok=True)
        listener = Listener(address, "AF_UNIX", backlog=BACKLOG)
        # the folder is this user's alone, so nobody came in between
        path.chmod(0o600)
        return listener

    def dial(address: str, pid: int) -> Connection:
        """Connect, or OSError; never waits longer than three seconds."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as plug:
            # a stopped trader's queue may be full, and then a blocking connect never returns
            plug.settimeout(CONNECT_S)
            plug.connect(address)
            plug.setblocking(True)
            return Connection(plug.detach())

    def cut(handle: int, *, server: bool) -> None:
        """End the connection for both sides, lastingly."""
        try:
            with socket.socket(fileno=os.dup(handle)) as twin:
                twin.shutdown(socket.SHUT_RDWR)
        except OSError:
            # the other side was quicker: nothing is left to break
            return
