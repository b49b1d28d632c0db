"""The program under Python's own audit: what it opens to write, connects to, binds, starts and unpickles.

python watched.py TOLD.json WORDS... runs it with those words; a trader is asked to end after some seconds of market.
"""

import json
import os
import sys
from pathlib import Path
from threading import Thread

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.dont_write_bytecode = True

SEEN: dict[str, list[str]] = {"reached": [], "written": [], "started": [], "unpickled": []}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def hook(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        SEEN["reached"].append(str(args[1]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        SEEN["reached"].append(str(args[0]))
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"):
        SEEN["started"].append(str(args[0]))
    elif event == "pickle.find_class":
        SEEN["unpickled"].append(str(args))
    elif event == "open" and isinstance(args[2], int) and args[2] & WRITES and isinstance(args[0], str | bytes):
        SEEN["written"].append(os.path.abspath(os.fsdecode(args[0])))  # noqa: PTH100 - as given, links and all
    elif event == "sqlite3.connect":
        SEEN["written"].append(os.path.abspath(str(args[0])))  # noqa: PTH100


def itself(told: Path) -> int:
    """Everything the audit must see."""
    import pickle
    import socket
    import subprocess

    with socket.socket() as plug:
        plug.connect_ex(("127.0.0.1", 9))
    subprocess.run([sys.executable, "-c", ""], check=True)
    pickle.loads(pickle.dumps(Path))  # noqa: S301 - seen, not trusted
    Path(f"{told}.extra").write_text("x")
    return 0


def end_soon(folder: Path) -> None:
    """Ask the trader to end once its journal has grown."""
    from threading import Event

    from qmtdesk.wire.attach import stop_trader

    journal = folder / "journal.db-wal"
    while not (journal.exists() and journal.stat().st_size > 20_000 and (folder / "paper.msgpack").exists()):
        Event().wait(0.05)
    stop_trader(folder, force=True)


if __name__ == "__main__":
    told, words = Path(sys.argv[1]), sys.argv[2:]
    if words == ["the-audit-itself"]:
        run = lambda: itself(told)  # noqa: E731
    else:
        from qmtdesk.app import main

        run = lambda: main(words)  # noqa: E731
        if "--trader" in words:
            Thread(target=end_soon, args=(Path(words[1]) / "paper",), daemon=True).start()
    sys.addaudithook(hook)
    code = run()
    told.write_text(json.dumps(SEEN))
    os._exit(code)
