"""From the lines of a look at a terminal to what the wizard shows."""

from collections.abc import Iterable

from qmtdesk.desk.brush.language import Language, spoken
from qmtdesk.desk.setup.setup_state import Account, Check, Place
from qmtdesk.desk.words.texts import TEXTS, t
from qmtdesk.wire.probe_lines import ProbeLine, Said
from qmtdesk.wire.redact import redact

CONNECT_STAGES = ("load", "connect", "accounts", "asset", "status", "quotes", "limits")


def words_of(said: Said | None) -> str:
    """A sentence of the look in the language in force; its code where its numbers are missing."""
    if said is None:
        return ""
    try:
        return said.text("zh" if spoken() is Language.ZH else "en")
    except (KeyError, IndexError, ValueError, AttributeError):
        return said.code.value


def check_of(line: ProbeLine) -> Check:
    """A line as it is shown."""
    key = f"setup.{line.looked_for.code.value}"
    name = t(key) if key in TEXTS else t(f"setup.stage.{line.stage}")
    advice = words_of(line.advice)
    return Check(name, line.level, words_of(line.found), words_of(line.looked_for), (advice,) if advice else ())


def checks_of(lines: Iterable[ProbeLine]) -> tuple[Check, ...]:
    """All of them."""
    return tuple(map(check_of, lines))


def progress(lines: list[ProbeLine], *, running: bool) -> tuple[Check, ...]:
    """A connection so far: the folder in one line while all is well, what was seen, and what is still to come."""
    seen = [line for line in lines if line.stage != "end"]
    folder = [line for line in seen if line.stage == "examine"]
    rest = [line for line in seen if line.stage != "examine"]
    checks: list[Check] = []
    if folder:
        odd = checks_of(line for line in folder if line.level != "ok")
        whole = (Check(t("setup.stage.examine"), "ok", t("setup.folder_fine", n=len(folder))),)
        checks += odd or whole
    checks += checks_of(rest)
    if running:
        done = {line.stage for line in rest}
        last = max((CONNECT_STAGES.index(line.stage) for line in rest if line.stage in CONNECT_STAGES), default=-1)
        left = [stage for stage in CONNECT_STAGES[last + 1 :] if stage not in done]
        for at, stage in enumerate(left):
            words = t("setup.busy") if at == 0 else t("setup.waiting")
            checks.append(Check(t(f"setup.stage.{stage}"), "wait" if at else "busy", words))
    return tuple(checks)


def broken(how: str, words: str, seconds: int) -> Check:
    """A look that ended by itself."""
    advice = tuple(t(f"setup.{how}_advice_{at}") for at in (1, 2) if f"setup.{how}_advice_{at}" in TEXTS)
    said = t(f"setup.{how}", seconds=seconds, text=redact(words))
    return Check(t("setup.look_end"), "bad", said, "", advice)


def places_of(lines: Iterable[ProbeLine]) -> tuple[Place, ...]:
    """The folders a search told of, in its order."""
    found: dict[str, Place] = {}
    for line in lines:
        folder = line.data.get("path")
        if not isinstance(folder, str) or not folder:
            continue
        before = found.get(folder)
        source = line.data.get("source", "")
        key = f"setup.source.{source}"
        words = before.source if before is not None and before.source else t(key) if key in TEXTS else ""
        checks = before.checks if before is not None else ()
        found[folder] = Place(folder, words, (*checks, check_of(line)))
    return tuple(found.values())


def accounts_of(lines: Iterable[ProbeLine]) -> tuple[Account, ...]:
    """The accounts a connection told of, each with its money and how it stands."""
    told: dict[str, dict[str, object]] = {}
    for line in lines:
        for entry in (line.data, *_entries(line.data.get("accounts"))):
            number, kind = entry.get("number"), entry.get("type", "STOCK")
            if isinstance(number, str) and number and isinstance(kind, str):
                told.setdefault(f"{kind}:{number}", {}).update(entry)
                if line.stage == "status":
                    told[f"{kind}:{number}"]["status_words"] = words_of(line.found)
    return tuple(map(_account, told.values()))


def _entries(value: object) -> list[dict[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _account(told: dict[str, object]) -> Account:
    return Account(
        number=str(told["number"]),
        kind=str(told.get("type", "STOCK")),
        status_words=str(told.get("status_words", "")),
        total_milli=_milli(told.get("total")),
        cash_milli=_milli(told.get("cash")),
    )


def _milli(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
