"""The self-test's look at xtquant, in a process of its own: its native modules load and say that nothing runs."""

import json
import logging
import os
import time

from qmtdesk.gateways.qmt.native import NativeError, load

CODE = "000001.SZ"
LONGEST = 200


def qmt_command() -> int:
    """Print one JSON object; does not return, for threads of the library may hang."""
    out = os.dup(1)
    # what the library prints belongs elsewhere
    os.dup2(2, 1)
    code = 0
    try:
        told = _told()
    except NativeError as error:
        told, code = {"loaded": False, "seconds": None, "answer": str(error)[:LONGEST]}, 1
    os.write(out, json.dumps(told).encode())
    logging.shutdown()
    os._exit(code)


def _told() -> dict[str, object]:
    begun = time.monotonic()
    native = load()
    loaded = time.monotonic()
    try:
        answer = f"answered: {len(native.xtdata.get_full_tick([CODE]))}"
        running = True
    except Exception as error:  # noqa: BLE001 - it raises bare exceptions when no terminal runs
        answer, running = f"not running: {error}"[:LONGEST], False
    return {
        "loaded": True,
        "load_seconds": round(loaded - begun, 2),
        "seconds": round(time.monotonic() - loaded, 2),
        "running": running,
        "answer": answer,
        "origin": native.origin,
    }
