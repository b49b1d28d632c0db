"""What nobody else may read is in no log line, no traceback, no crash file and no export; figures stay readable."""

import csv
import io
import logging
import random
import threading
import warnings
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from secret_shapes import Said, known_account, known_secret, unknown

from qmtdesk.desk.brush.csv_text import as_csv, as_line
from qmtdesk.wire import logs
from qmtdesk.wire import redact as redact_module
from qmtdesk.wire.logs import redacted_record
from qmtdesk.wire.redact import Redactor, mask_account, redact
from qmtdesk.wire.start_refusal import StartRefusedError

SHAPES = 10_000


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger says, as a handler of some library would write it."""
    heard = io.StringIO()
    handler = logging.StreamHandler(heard)
    handler.setFormatter(logging.Formatter("%(message)s"))
    root, before = logging.getLogger(), logging.getLogRecordFactory()
    logging.setLogRecordFactory(redacted_record)
    root.addHandler(handler)
    yield heard
    root.removeHandler(handler)
    logging.setLogRecordFactory(before)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """What other tests told this process is forgotten."""
    redact_module._REDACTOR.__init__()


class Told:
    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"Told({self.text})"


class OddError(Exception):
    def __str__(self) -> str:
        return f"odd: {self.args[0]}"


logger = logging.getLogger("qmtdesk.tested")


def raised(error: Exception) -> Exception:
    """The error with a traceback of its own."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def by_message(text: str) -> None:
    logger.warning(text)


def by_argument(text: str) -> None:
    logger.warning("the counter said %s to %r", text, Told(text))


def by_mapping(text: str) -> None:
    logger.warning("%(said)s", {"said": text})


def by_wrong_arguments(text: str) -> None:
    logger.warning("%d of %d", text, Told(text))


def by_exception(text: str) -> None:
    logger.error("failed", exc_info=raised(KeyError(text)))


def by_chained_exception(text: str) -> None:
    error = raised(OddError(text))
    error.__cause__ = raised(ValueError("price", Told(text)))
    error.__context__ = raised(OSError(2, text, text))
    logger.error("failed", exc_info=error)


def by_stack(text: str) -> None:
    logger.error("here: %s", text, stack_info=True)


def by_excepthook(text: str) -> None:
    error = raised(RuntimeError(text))
    logs._unhandled(type(error), error, error.__traceback__)


def by_thread_hook(text: str) -> None:
    error = raised(RuntimeError(text))
    thread = threading.Thread(name=text)
    logs._unhandled_in_thread(threading.ExceptHookArgs((type(error), error, error.__traceback__, thread)))


def by_unraisable(text: str) -> None:
    class Unraised:
        exc_type, exc_value, exc_traceback, err_msg, object = OddError, OddError(text), None, text, Told(text)

    logs._unraisable(Unraised)


def by_warning(text: str) -> None:
    logging.captureWarnings(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            logging._showwarning(UserWarning(text), UserWarning, "x.py", 1)  # what captureWarnings calls
    finally:
        logging.captureWarnings(False)


LOG_WAYS: tuple[Callable[[str], None], ...] = (
    by_message,
    by_argument,
    by_mapping,
    by_wrong_arguments,
    by_exception,
    by_chained_exception,
    by_stack,
    by_excepthook,
    by_thread_hook,
    by_unraisable,
    by_warning,
)


def leaks_by(way: Callable[[str], None], log: io.StringIO, shapes: Iterator[Said]) -> list[str]:
    found = []
    for said in shapes:
        log.seek(0)
        log.truncate()
        way(said.text)
        shown = log.getvalue()
        assert shown
        if said.leaks(shown):
            found.append(f"{said.text!r} -> {shown[-300:]!r}")
    return found


def test_the_checker_finds_a_leak() -> None:
    for said in unknown(random.Random(1), 500):
        assert said.leaks(said.text), said


@pytest.mark.parametrize("way", LOG_WAYS)
def test_ten_thousand_secrets_leave_no_trace_in_the_log(way, log: io.StringIO, long_run: bool) -> None:
    # the plain way gets all of them at each run; the others differ only in what is handed to the same function
    count = SHAPES if long_run or way is by_argument else 1_000
    assert leaks_by(way, log, unknown(random.Random(way.__name__), count)) == []


def test_ten_thousand_secrets_leave_no_trace_in_an_export() -> None:
    found = [
        f"{said.text!r} -> {shown!r}"
        for said in unknown(random.Random(7), SHAPES)
        for shown in (as_csv(["名称"], [[said.text], ["a", said.text]]), as_line(["x", said.text]))
        if said.leaks(shown)
    ]
    assert found == []


def test_a_refusal_to_start_names_no_account() -> None:
    for said in unknown(random.Random(8), 2_000):
        error = StartRefusedError(6, "read_only", folder=said.text, error=said.text)
        assert not said.leaks(f"{error} {error.fact}")


def test_what_the_program_was_told_is_hidden_wherever_it_stands() -> None:
    dice = random.Random(9)
    for _ in range(SHAPES // 2):
        redactor = Redactor()
        number, said = known_account(dice)
        redactor.know_account(number)
        assert not said.leaks(redactor.redact(said.text)), said
        secret, said = known_secret(dice)
        redactor.know_secret(secret)
        assert not said.leaks(redactor.redact(said.text)), said


def test_another_account_that_is_called_one_is_hidden_beside_a_known_one() -> None:
    redactor = Redactor()
    redactor.know_account("66123396")
    assert redactor.redact("资金账号：55001122, account_id='7788990011' answered") == (
        "资金账号：55****122, account_id='77****011' answered"
    )


def test_a_number_written_full_width_is_the_same_number() -> None:
    redactor = Redactor()
    redactor.know_account("66123396")
    assert redactor.redact("账号６６１２３３９６") == "账号６６****３９６"


@pytest.mark.parametrize("bad", ["", "123", "66 123", "账号6612"])
def test_what_is_too_short_to_be_told_from_a_figure_is_no_account(bad: str) -> None:
    with pytest.raises(ValueError, match="account"):
        Redactor().know_account(bad)


def test_a_secret_of_three_signs_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        Redactor().know_secret("abc")


ORDINARY = (
    "order q261121-000042 at 104.123 of 123230.SZ: 40 张",
    "OrderMoved(ref='q261121-000042', state=<OrderState.FILLED: 'filled'>, at=1763712345678, told_filled=4000000)",
    "amount=12692440000 cash: 1020574040 'price_milli': 104123",
    "seal 12692440000 厘, floor 20000000000 厘",
    "12692440000厘买入",
    "126924400 CNY, 126924400.123",
    "1020574.040",
    "12,692,440,000",
    "2026-11-21 09:30:00,123 qmtdesk.trader INFO",
    "2026-11-21T09:30:00.123456+08:00",
    "at=1763712345678 clock: 1763712345678",
    "the journal was damaged and is kept as journal.db.damaged-20261121-093000-2",
    "trader-settings.json.bad-20261121-093000",
    "row 12345678 is not as it was written",
    "command 8675309123456 cannot be carried out",
    "123230.SZ 600000.SH 000400",
    "trader 31415 starts in /data/张 三/.local/share/qmtdesk/replay/0123456789abcdef",
    'File "/opt/qmtdesk/trader/process.py", line 112, in run_trader',
    "KeyError: 'q261121-000042'",
    "test_of_five_traders_started_at_once_one_stays0",
    "msgspec.ValidationError: Expected `int`, got `str` - at `$.risk.order_value`",
    "JournalTooNewError QAbstractItemViewDelegate RotatingFileHandler XtQuantTraderCallback",
    "unknown key `order_value`",
    "120000 ms are not accounted for",
)


@pytest.mark.parametrize("text", ORDINARY)
@pytest.mark.parametrize("known", [False, True])
def test_ordinary_figures_stay_readable(text: str, known: bool) -> None:
    redactor = Redactor()
    if known:
        redactor.know_account("66123396")
        redactor.know_secret("hunter2-hunter2")
    assert redactor.redact(text) == text


def test_with_a_known_account_every_other_figure_stays() -> None:
    redactor = Redactor()
    redactor.know_account("66123396")
    assert redactor.redact("66123396 traded 1763712345678901 for 12692440000") == (
        "66****396 traded 1763712345678901 for 12692440000"
    )


@given(st.text())
def test_no_text_makes_it_raise_and_twice_is_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@given(st.text(alphabet="0123456789 :=.-'\"/@passwordtokenkey账号密码是https\n", max_size=80))
def test_twice_is_once_for_texts_near_a_secret_too(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "text", ["1" * 200_000, "a1" * 100_000, "password=" * 20_000, "https://" * 20_000, "key" * 50_000]
)
def test_a_long_text_is_done_in_a_moment(text: str) -> None:
    done = threading.Event()
    thread = threading.Thread(target=lambda: (redact(text), done.set()), daemon=True)
    thread.start()
    assert done.wait(10)


@pytest.mark.parametrize(
    ("number", "shown"), [("66123396", "66****396"), ("1234567", "12****567"), ("123456", "****"), ("12", "****")]
)
def test_an_account_is_shown_by_its_ends(number: str, shown: str) -> None:
    assert mask_account(number) == shown


def test_a_line_from_outside_cannot_pretend_to_be_a_line_of_ours(log: io.StringIO) -> None:
    logger.warning("refused: %s", "no\n2026-11-21 qmtdesk.trader INFO killed\r\x1b[2J")
    assert log.getvalue() == "refused: no\\n2026-11-21 qmtdesk.trader INFO killed\\r\\x1b[2J\n"


def test_what_cannot_be_put_into_words_is_still_a_line(log: io.StringIO) -> None:
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("66123396")

    logger.warning("said %s", Mute())
    assert log.getvalue() == "'said %s' cannot be put into words: RuntimeError\n"


def test_an_export_keeps_its_figures() -> None:
    rows = [["123230.SZ", "104.125", "12,692,440,000", "1,020,574.04", "q261121-000042", "-12.5%"]]
    back = next(csv.reader(io.StringIO(as_csv(["代码"], rows).split("\r\n", 1)[1])))
    assert back == ["123230.SZ", "104.125", "12692440000", "1020574.04", "q261121-000042", "-12.5%"]
