"""What the program says: every user text by key, every reason as a sentence, in the language in force."""

import re
from collections.abc import Mapping

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.brush.language import Language, spoken
from qmtdesk.desk.words.texts_bonds import TEXTS as BONDS
from qmtdesk.desk.words.texts_broker import TEXTS as BROKER
from qmtdesk.desk.words.texts_clear import TEXTS as CLEAR
from qmtdesk.desk.words.texts_domain import TEXTS as DOMAIN
from qmtdesk.desk.words.texts_doubt import TEXTS as DOUBT
from qmtdesk.desk.words.texts_help import TEXTS as HELP
from qmtdesk.desk.words.texts_lists import TEXTS as LISTS
from qmtdesk.desk.words.texts_live import TEXTS as LIVE
from qmtdesk.desk.words.texts_setup import TEXTS as SETUP
from qmtdesk.desk.words.texts_sheets import TEXTS as SHEETS
from qmtdesk.desk.words.texts_shell import TEXTS as SHELL
from qmtdesk.desk.words.texts_why import SENTENCES, SHORT
from qmtdesk.domain.reason import Reason, Why

Pair = tuple[str, str]
"""Chinese, English."""

TEXTS: dict[str, Pair] = {
    **SHELL,
    **DOMAIN,
    **BONDS,
    **SHEETS,
    **HELP,
    **DOUBT,
    **BROKER,
    **LISTS,
    **SETUP,
    **LIVE,
    **CLEAR,
}
_FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")
_CLAUSE = re.compile(r"\[([^\[\]]*)\]")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PRICE_WORDS = frozenset(
    [
        "price",
        "last",
        "limit",
        "bid",
        "bid1",
        "ask",
        "level",
        "base",
        "low",
        "high",
        "own",
        "told",
        "stop",
        "cost",
        "tick",
        "up",
        "down",
        "edge",
        "centre",
        "from",
        "to",
        "was",
        "close",
    ]
)


def t(key: str, **args: object) -> str:
    """The text of that key in the language in force; KeyError for a key nobody wrote.

    `{name}` in it is filled with the argument of that name; a `[clause]` whose arguments are missing is left out.
    """
    return _fill(_pick(TEXTS[key]), {name: str(value) for name, value in args.items()})


def say(reason: Reason, code: str = "") -> str:
    """The reason as a full sentence with its numbers; `code` tells how its prices are written."""
    return _fill(_pick(SENTENCES[reason.why]), _worded(reason, code))


def say_short(reason: Reason, code: str = "") -> str:
    """The reason in a few words, for a ladder bracket or a table cell."""
    return _fill(_pick(SHORT.get(reason.why, SENTENCES[reason.why])), _worded(reason, code))


def _pick(pair: Pair) -> str:
    return pair[0] if spoken() is Language.ZH else pair[1]


def _worded(reason: Reason, code: str) -> dict[str, str]:
    args = dict(reason.args)
    told = args.get("code")
    code = code or (told if isinstance(told, str) else "")
    words = {name: in_words(name, value, code) for name, value in reason.args}
    if reason.why is Why.RANKED_OUT and isinstance(args.get("value"), int):
        words["value"] = fmt.yuan_short(int(args["value"]))  # remaining size × price ÷ 100 is the market value
    return words


def in_words(name: str, value: int | str, code: str = "") -> str:
    """One argument of a reason as text, by the suffix of its name (see `domain.reason`)."""
    if isinstance(value, str):
        return _word(name, value)
    if name.endswith("tick_milli"):
        return fmt.price(value, places=3)
    if name.endswith("_milli"):
        if not _PRICE_WORDS.isdisjoint(name.split("_")):
            return fmt.price(value, code)
        return fmt.money_short(value)
    if name.endswith(("at_ms", "until_ms", "time_ms")):
        return fmt.clock(value)
    if name.endswith("_ms"):
        return fmt.duration(value)
    if name.endswith("_bp"):
        return fmt.percent(value)
    if name.endswith("_yuan"):
        return fmt.yuan_short(value)
    if name in {"gap", "slot", "no"}:
        return fmt.fixed(value, 1, 0, signed=True)
    return fmt.fixed(value, 1, 0)


def _word(name: str, value: str) -> str:
    for key in (f"{name}.{value}", f"word.{value}", f"setting.{value}"):
        if key in TEXTS:
            return _pick(TEXTS[key])
    return value.upper() if name == "rule" else value


def _fill(template: str, args: Mapping[str, str]) -> str:
    def clause(found: re.Match[str]) -> str:
        names = [field.group(1) for field in _FIELD.finditer(found.group(1))]
        if not all(args.get(name) for name in names):
            return ""
        # as much room behind a figure as before it; a unit in Chinese needs none
        told, then = found.group(1), template[found.end() : found.end() + 1]
        bare = told.startswith(" ") and told.endswith("}") and _HAN.match(then) and not _HAN.match(args[names[-1]][-1])
        return f"{told} " if bare else told

    def field(found: re.Match[str]) -> str:
        return args.get(found.group(1), fmt.MISSING)

    return _FIELD.sub(field, _CLAUSE.sub(clause, template))
