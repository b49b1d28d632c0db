"""What an examination of a terminal, an account or this installation found, one line for each thing looked at."""

from enum import Enum
from typing import Any, Literal

import msgspec

from qmtdesk.wire.texts_probe import READY, STATUS, TEXTS

Stage = Literal[
    "program", "data", "trader", "examine", "load", "connect", "accounts", "asset", "status", "quotes", "limits", "end"
]
Level = Literal["ok", "warn", "bad"]
Language = Literal["zh", "en"]


class Code(str, Enum):
    """Every sentence such a line may hold; `texts_probe` has each in Chinese and in English."""

    # what was looked for
    LOOK_FOLDER = "look_folder"
    LOOK_NAME = "look_name"
    LOOK_CONTENT = "look_content"
    LOOK_LOCAL = "look_local"
    LOOK_WRITABLE = "look_writable"
    LOOK_DISK = "look_disk"
    LOOK_LENGTH = "look_length"
    LOOK_CLIENT = "look_client"
    LOOK_LOG = "look_log"
    LOOK_SESSION = "look_session"
    LOOK_OTHERS = "look_others"
    LOOK_LOAD = "look_load"
    LOOK_CONNECT = "look_connect"
    LOOK_ACCOUNTS = "look_accounts"
    LOOK_ACCOUNT = "look_account"
    LOOK_ASSET = "look_asset"
    LOOK_STATUS = "look_status"
    LOOK_QUOTES = "look_quotes"
    LOOK_SNAPSHOT = "look_snapshot"
    LOOK_UNIT = "look_unit"
    LOOK_LIMITS = "look_limits"
    LOOK_BOND_DATA = "look_bond_data"
    LOOK_LEVEL2 = "look_level2"
    LOOK_END = "look_end"
    LOOK_VERSION = "look_version"
    LOOK_WINDOW = "look_window"
    LOOK_XTQUANT = "look_xtquant"
    LOOK_DATA = "look_data"
    LOOK_LOCK = "look_lock"
    LOOK_TRADER = "look_trader"
    LOOK_JOURNAL = "look_journal"
    LOOK_SETTINGS = "look_settings"
    LOOK_LIVE = "look_live"
    LOOK_LAMP_TRADE = "look_lamp_trade"
    LOOK_LAMP_QUOTES = "look_lamp_quotes"
    LOOK_CLOCK = "look_clock"
    # what was found
    FOUND_HERE = "found_here"
    NOT_THERE = "not_there"
    NO_FOLDER = "no_folder"
    NAME_RIGHT = "name_right"
    NAME_RESEARCH = "name_research"
    NAME_ABOVE = "name_above"
    NAME_OTHER = "name_other"
    CONTENT_RIGHT = "content_right"
    CONTENT_NONE = "content_none"
    OF_THIS_MACHINE = "of_this_machine"
    OF_ANOTHER_MACHINE = "of_another_machine"
    CAN_WRITE = "can_write"
    CANNOT_WRITE = "cannot_write"
    SPACE = "space"
    SPACE_UNKNOWN = "space_unknown"
    LENGTH = "length"
    CLIENT_RUNS = "client_runs"
    CLIENT_RUNS_SOMEWHERE = "client_runs_somewhere"
    CLIENT_ELSEWHERE = "client_elsewhere"
    CLIENT_FULL = "client_full"
    CLIENT_NOT = "client_not"
    PROCESSES_HIDDEN = "processes_hidden"
    LOG_TODAY = "log_today"
    LOG_OLD = "log_old"
    LOG_NONE = "log_none"
    SESSION_SAME = "session_same"
    SESSION_OTHER = "session_other"
    OTHERS_NONE = "others_none"
    OTHERS = "others"
    LOADED = "loaded"
    NOT_LOADED = "not_loaded"
    OVERDUE = "overdue"
    CONNECTED = "connected"
    REFUSED = "refused"
    RAISED = "raised"
    ACCOUNTS = "accounts"
    NO_ACCOUNTS = "no_accounts"
    UNREAD = "unread"
    ACCOUNT_THERE = "account_there"
    ACCOUNT_ABSENT = "account_absent"
    ACCOUNT_CLOSED = "account_closed"
    ASSET = "asset"
    STATUS_FINE = "status_fine"
    STATUS_OTHER = "status_other"
    QUOTES_UP = "quotes_up"
    SNAPSHOT = "snapshot"
    SNAPSHOT_OLD = "snapshot_old"
    NO_SNAPSHOT = "no_snapshot"
    UNIT = "unit"
    UNIT_UNKNOWN = "unit_unknown"
    LIMITS_AGREE = "limits_agree"
    LIMITS_DIFFER = "limits_differ"
    LIMITS_NOT_TOLD = "limits_not_told"
    BOND_DATA = "bond_data"
    NO_BOND_DATA = "no_bond_data"
    LEVEL2_ON = "level2_on"
    LEVEL2_NONE = "level2_none"
    LEVEL2_SILENT = "level2_silent"
    LEVEL2_UNCLEAR = "level2_unclear"
    ENDED = "ended"
    NOT_ENDED = "not_ended"
    CRASHED = "crashed"
    VERSION = "version"
    INSTALLED = "installed"
    NOT_INSTALLED = "not_installed"
    LOCK_FREE = "lock_free"
    LOCK_HELD = "lock_held"
    TRADER_NONE = "trader_none"
    TRADER_ANSWERS = "trader_answers"
    TRADER_SILENT = "trader_silent"
    TRADER_REFUSES = "trader_refuses"
    JOURNAL_FINE = "journal_fine"
    JOURNAL_NONE = "journal_none"
    JOURNAL_BAD = "journal_bad"
    SETTINGS_FINE = "settings_fine"
    SETTINGS_NONE = "settings_none"
    SETTINGS_BAD = "settings_bad"
    LIVE_CHOSEN = "live_chosen"
    LIVE_NOT_CHOSEN = "live_not_chosen"
    LAMP_UP = "lamp_up"
    LAMP_DOWN = "lamp_down"
    CLOCK_FINE = "clock_fine"
    CLOCK_ZONE = "clock_zone"
    CLOCK_WRONG = "clock_wrong"
    # what to do
    DO_CHOOSE = "do_choose"
    DO_CHOOSE_THIS = "do_choose_this"
    DO_CHOOSE_MINI = "do_choose_mini"
    DO_LOCAL = "do_local"
    DO_RIGHTS = "do_rights"
    DO_FREE = "do_free"
    DO_SHORTEN = "do_shorten"
    DO_START = "do_start"
    DO_MINI_MODE = "do_mini_mode"
    DO_SAME_SESSION = "do_same_session"
    DO_COMPARE = "do_compare"
    DO_INSTALL = "do_install"
    DO_RESTART_CLIENT = "do_restart_client"
    DO_CONNECT = "do_connect"
    DO_LOG_IN = "do_log_in"
    DO_CHOOSE_ACCOUNT = "do_choose_account"
    DO_WAIT_STATUS = "do_wait_status"
    DO_QUOTES = "do_quotes"
    DO_OUTSIDE_HOURS = "do_outside_hours"
    DO_UNIT = "do_unit"
    DO_LIMITS = "do_limits"
    DO_BOND_LIST = "do_bond_list"
    DO_LOOK = "do_look"
    DO_END_TRADER = "do_end_trader"
    DO_KEEP_JOURNAL = "do_keep_journal"
    DO_SETTINGS = "do_settings"
    DO_WIZARD = "do_wizard"
    DO_CLOCK = "do_clock"
    DO_ZONE = "do_zone"
    DO_DATA = "do_data"


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence and what it is about."""

    code: Code
    args: dict[str, str | int] = {}

    def text(self, language: Language = "zh") -> str:
        """In words."""
        words = dict(self.args)
        if "status" in words:
            words["meaning"] = STATUS.get(int(words["status"]), ("?", "?"))[language == "en"]
        if "ready" in words:
            words["state"] = READY.get(str(words["ready"]), ("?", "?"))[language == "en"]
        return TEXTS[self.code.value][language == "en"].format_map(words)


def said(which: Code, /, **args: str | int) -> Said:
    """A sentence."""
    return Said(which, args)


class ProbeLine(msgspec.Struct, frozen=True):
    """One thing that was looked at. `ok`: what comes after it makes sense; a warning is ok, a bad line is not.

    `data` is for programs, and what it holds of accounts goes over a pipe to this program's own desk and nowhere else:
    `number`, `type`, `masked`, `key`, `total`, `cash` (厘), `path`, `unit`, `age_ms` and the like.
    """

    stage: Stage
    ok: bool
    level: Level
    looked_for: Said
    found: Said
    advice: Said | None = None
    data: dict[str, Any] = {}


def fine(stage: Stage, looked_for: Said, found: Said, **data: object) -> ProbeLine:
    """It is as it should be."""
    return ProbeLine(stage, True, "ok", looked_for, found, None, data)


def doubtful(stage: Stage, looked_for: Said, found: Said, advice: Said | None, **data: object) -> ProbeLine:
    """It may do."""
    return ProbeLine(stage, True, "warn", looked_for, found, advice, data)


def bad(stage: Stage, looked_for: Said, found: Said, advice: Said | None, **data: object) -> ProbeLine:
    """It will not do."""
    return ProbeLine(stage, False, "bad", looked_for, found, advice, data)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(ProbeLine)


def encoded(line: ProbeLine) -> bytes:
    """One line of JSON, its end with it."""
    return _encoder.encode(line) + b"\n"


def decoded(line: bytes) -> ProbeLine:
    """What `encoded` made; msgspec.MsgspecError for anything else."""
    return _decoder.decode(line)
