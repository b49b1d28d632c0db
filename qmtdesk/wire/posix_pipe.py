"""The pipe on every system but Windows: a socket file in a folder of this user's own."""

import os
import socket
import sys
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from threading import Event
from time import perf_counter

CONNECT_S = 3.0
RETRY_S = 0.01
BACKLOG = 128

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
        deadline = perf_counter() + CONNECT_S
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as plug:
            # blocking, a connect to a stopped trader with a full queue would never return
            plug.setblocking(False)
            while not _connected(plug, address):
                if perf_counter() > deadline:
                    raise TimeoutError("the trader lets nobody in")
                Event().wait(RETRY_S)
            plug.setblocking(True)
            return Connection(plug.detach())

    def _connected(plug: socket.socket, address: str) -> bool:
        """False while the queue is full."""
        try:
            plug.connect(address)
        except BlockingIOError:
            return False
        return True

    def cut(handle: int, *, server: bool) -> None:
        """End the connection for both sides, lastingly."""
        try:
            with socket.socket(fileno=os.dup(handle)) as twin:
                twin.shutdown(socket.SHUT_RDWR)
        except OSError:
            # the other side was quicker: nothing is left to break
            return
