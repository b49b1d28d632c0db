"""A preview's checklist in words: the same reason reads one way when it is met and another when it is not."""

from qmtdesk.desk.brush import format as fmt
from qmtdesk.desk.words.texts import in_words, say, t
from qmtdesk.domain.reason import Reason, Why
from qmtdesk.wire.talk import Check

_MET = {
    Why.STEP_TOO_SMALL: "check.step",
    Why.CASH_SHORT: "check.cash",
    Why.UNIT_NOT_LOT: "check.lot",
    Why.QUOTE_STALE: "check.fresh",
}
_CAPS = {Why.CASH_CAP: "check.cash_cap", Why.POSITION_CAP: "check.position_cap"}


def check_words(check: Check, code: str) -> tuple[str, str]:
    """What was looked at, and its numbers; the second may be empty."""
    why, args = check.reason.why, dict(check.reason.args)
    if check.level == "ok" and why in _MET:
        numbers = {name: in_words(name, value, code) for name, value in check.reason.args}
        return t(_MET[why], **numbers), t(f"{_MET[why]}_note", **numbers, **_derived(check.reason))
    if check.level == "warn" and why in _CAPS and "lowest" in args:
        levels, level = args["lowest"], args.get("level")
        cap = in_words("cap_milli" if why is Why.CASH_CAP else "cap", args.get("cap_milli", args.get("cap", 0)), code)
        if level is None:
            return t("check.not_any"), t(f"{_CAPS[why]}_at_once", cap=cap)
        until = fmt.fixed(level, 1, 0, signed=True) if isinstance(level, int) else level
        count = abs(levels) if isinstance(levels, int) else levels
        return t("check.not_all", n=count), t(_CAPS[why], cap=cap, no=until)
    if check.level == "warn" and why is Why.ORDER_VALUE:
        return t("check.too_large"), t("check.too_large_note", **{n: in_words(n, v, code) for n, v in args.items()})
    return say(check.reason, code), ""


def _derived(reason: Reason) -> dict[str, str]:
    """Ratios a person would work out: how many times the cost line, how many lots."""
    args = {name: value for name, value in reason.args if isinstance(value, int)}
    for step, need in (("step_milli", "need_milli"), ("step_bp", "need_bp")):
        if args.get(need) and step in args:
            return {"times": fmt.times(args[step], args[need])}
    if args.get("lot") and "unit" in args:
        return {"lots": fmt.fixed(args["unit"], args["lot"], 0)}
    return {}
