"""A child that looks at no terminal: it prints the lines of a file and ends as the file says.

python fake_probe.py SCRIPT.json KEY: SCRIPT maps KEY to a list of steps: {"line": {...}}, {"raw": "text"},
{"hang": true}, {"exit": code}, {"crash": true}, {"wait": "FILE"} (until it exists). Its pid goes to KEY.pid beside it.
"""

import json
import os
import sys
import threading
from pathlib import Path


def main() -> None:
    script, key = Path(sys.argv[1]), sys.argv[2]
    steps = json.loads(script.read_text("utf-8")).get(key, [])
    half = script.parent / "child.pid.half"
    half.write_text(str(os.getpid()), "utf-8")
    # whoever sees the file reads a number in it
    half.replace(script.parent / "child.pid")
    for step in steps:
        if "line" in step:
            os.write(1, json.dumps(step["line"]).encode() + b"\n")
        elif "raw" in step:
            os.write(1, step["raw"].encode("utf-8", "surrogateescape"))
        elif "said" in step:
            os.write(2, step["said"].encode())
        elif "wait" in step:
            pause = threading.Event()
            while not Path(step["wait"]).exists():
                pause.wait(0.01)
        elif "hang" in step:
            threading.Event().wait()
        elif "crash" in step:
            os.abort()
        elif "exit" in step:
            os._exit(step["exit"])


if __name__ == "__main__":
    main()
