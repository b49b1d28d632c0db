"""What a check found, for a terminal and for programs; account numbers are in neither."""

import json
from collections.abc import Sequence

from qmtdesk.wire.probe_lines import Language, ProbeLine
from qmtdesk.wire.redact import redact
from qmtdesk.wire.texts_probe import ADVICE, MARKS, STAGES, WHOLE


def all_fine(lines: Sequence[ProbeLine]) -> bool:
    """Whether nothing is wrong; a warning is not wrong."""
    return all(line.ok for line in lines)


def in_words(line: ProbeLine, language: Language) -> str:
    """One thing, in one or two lines."""
    at = int(language == "en")
    mark, stage = MARKS[line.level][at], STAGES[line.stage][at]
    text = f"{mark} {stage} | {line.looked_for.text(language)}: {line.found.text(language)}"
    if line.advice is not None:
        text += f"\n       {ADVICE[at]}{line.advice.text(language)}"
    return redact(text)


def verdict(lines: Sequence[ProbeLine], language: Language) -> str:
    """The last line."""
    wrong = sum(not line.ok for line in lines)
    return WHOLE[wrong == 0][language == "en"].format(count=wrong)


def as_text(lines: Sequence[ProbeLine], language: Language) -> str:
    """All of it."""
    return "\n".join([*(in_words(line, language) for line in lines), verdict(lines, language)])


def as_json(lines: Sequence[ProbeLine]) -> str:
    """One object: ok, and each line with its codes and its words in both languages."""
    rows = [
        {
            "stage": line.stage,
            "level": line.level,
            "ok": line.ok,
            "looked_for": line.looked_for.code.value,
            "found": line.found.code.value,
            "advice": line.advice.code.value if line.advice is not None else "",
            "zh": in_words(line, "zh"),
            "en": in_words(line, "en"),
        }
        for line in lines
    ]
    return json.dumps({"ok": all_fine(lines), "lines": rows}, ensure_ascii=False, indent=1)
