"""The desk of a live trader: lamps that say what is wrong, the sheet of the connections, the word that goes live."""

import fake_trader as ft
import msgspec
import pytest
from live_pictures import found, health, live_rows
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from qmtdesk.desk.brush import paint
from qmtdesk.desk.brush.language import Language
from qmtdesk.desk.brush.look import Look
from qmtdesk.desk.link import health_words
from qmtdesk.desk.link.mirror import Mirror
from qmtdesk.desk.sheets.health_sheet import HealthSheet
from qmtdesk.desk.sheets.live_sheet import LiveSheet
from qmtdesk.desk.sheets.master_sheet import MasterSheet
from qmtdesk.desk.sheets.sheet_base import Sheet
from qmtdesk.desk.shell.strip_words import alarm_of
from qmtdesk.desk.shell.topbar_groups import Group, groups
from qmtdesk.desk.shell.window import MainWindow
from qmtdesk.domain.messages import SetMaster
from qmtdesk.domain.reason import Why, because
from qmtdesk.domain.texts_live import LIVE_WORD
from qmtdesk.wire.live_talk import FoundRow, GoLive, HealthRow, Looking, MakeBundle
from qmtdesk.wire.talk import Ack

CONTROL = Qt.KeyboardModifier.ControlModifier


class Desk:
    """The window on a picture; every wish is noted."""

    def __init__(self, qtbot: QtBot, picture: str) -> None:
        self.look = Look()
        self.look.set(motion=False)
        self.mirror, self.commands = Mirror(), ft.FakeCommands()
        self.window = MainWindow(self.mirror, self.commands, self.look)
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.mirror.clock = lambda: self.mirror.status.clock if self.mirror.status else 0  # type: ignore[method-assign]
        ft.fill_mirror(self.mirror, picture)

    def tell(self, *rows: object) -> None:
        self.mirror.apply(rows)  # type: ignore[arg-type]
        self.mirror.flush()

    def sheet(self) -> Sheet | None:
        return next((each for each in self.window.findChildren(Sheet) if not each.leaving), None)

    def lamps(self) -> list[Group]:
        return [group for group in groups(self.mirror, self.look.theme) if group.name == "lamp"]

    def bodies(self, kind: type) -> list[object]:
        return [body for body in self.commands.wished if isinstance(body, kind)]


def painted(widget: object) -> list[str]:
    with paint.recording() as seen:
        widget.grab()  # type: ignore[attr-defined]
    assert [drawn.text for drawn in seen.too_wide()] == []
    return [drawn.text for drawn in seen.texts]


@pytest.mark.parametrize(
    ("picture", "words"),
    [("live", "交易 正常"), ("retry", "第 4 次重连 · 12\u2009s 后"), ("hung", "终端没有回应")],
)
def test_the_trading_lamp_says_what_happens(picture: str, words: str, qtbot: QtBot) -> None:
    assert any(words in text for text in painted(Desk(qtbot, picture).window.top))


def test_a_lamp_that_is_well_says_its_age_and_one_without_a_terminal_nothing_of_it(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    assert [health_words.lamp_note(desk.mirror, quotes=quotes) for quotes in (True, False)] == ["", ""]
    assert "订阅代码数  48" in desk.lamps()[0].tip
    paper = Desk(qtbot, "main")
    assert health_words.lamp_tip(paper.mirror, quotes=True) == ""
    assert "订阅" not in paper.lamps()[0].tip


def test_why_the_account_or_the_list_is_not_told_is_said_while_the_links_stand(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    assert "核对未完成" not in health_words.as_text(desk.mirror)
    desk.tell(health(unanswered="orders: -", quotes_text="600000.SH"))
    told = health_words.as_text(desk.mirror)
    assert "核对未完成: orders: -\n" in told
    assert "注意: 600000.SH\n" in told
    assert "核对未完成  orders: -" in desk.lamps()[1].tip
    # a link that is gone says why by itself
    desk.tell(health(unanswered="gone", trade_stage="closed", trade_text="gone"))
    assert "核对未完成" not in health_words.as_text(desk.mirror)


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("on", "可用，3 只"),
        ("refused", "无权限，撤单用估算"),
        ("silent", "未收到，撤单用估算"),
        ("waiting", "已订阅，等待数据"),
        ("unclear", "看不懂，未采用"),
        ("hung", "没有回应，撤单用估算"),
    ],
)
def test_the_connections_say_how_level_two_stands(stage: str, words: str, qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    assert "Level-2" not in health_words.as_text(desk.mirror)
    desk.tell(health(level2_stage=stage, level2_codes=3, level2_text="" if stage == "on" else "subscribe_quote() = -1"))
    assert f"Level-2: {words}" in health_words.as_text(desk.mirror)
    assert ("subscribe_quote() = -1" in health_words.as_text(desk.mirror)) == (stage != "on")
    assert health_words.advice(desk.mirror)
    desk.window.menu_does("health")
    sheet = desk.sheet()
    assert sheet is not None
    assert any(text.startswith(words) for text in painted(sheet))


@pytest.mark.parametrize(
    ("stage", "bad", "words"),
    [
        ("on", 3, "可用，3 只 · 3 条看不懂"),
        ("unclear", 7, "看不懂，未采用 · 7 条看不懂 · 为何"),
        ("on", 0, "可用，3 只"),
    ],
)
def test_how_much_of_level_two_made_no_sense_is_counted(stage: str, bad: int, words: str, qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    text = "为何" if stage == "unclear" else ""
    desk.tell(health(level2_stage=stage, level2_codes=3, level2_bad=bad, level2_text=text))
    assert f"Level-2: {words}\n" in health_words.as_text(desk.mirror)
    desk.window.menu_does("health")
    sheet = desk.sheet()
    assert sheet is not None
    assert words in painted(sheet)


@pytest.mark.parametrize(
    ("row", "quotes", "words"),
    [
        (health(trade_stage="connecting"), False, "正在连接"),
        (health(status=2), False, "账户正在登录"),
        (health(status=5), False, "账户正在修正数据"),
        (health(status=77), False, "账户77"),
        (health(quotes_stage="closed"), True, "正在连接"),
        (health(quotes_stage="hung"), True, "终端没有回应"),
        (health(quotes_text="600000.SH"), True, "列表不全"),
    ],
)
def test_each_trouble_has_its_words(row: HealthRow, quotes: bool, words: str, qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.tell(row)
    assert health_words.lamp_note(desk.mirror, quotes=quotes) == words


@pytest.mark.parametrize(
    ("row", "key"),
    [
        (health(trade_stage="hung"), "hung"),
        (health(trade_stage="closed"), "closed"),
        (health(quotes_stage="closed"), "closed"),
        (health(status=3), "status"),
        (health(tick_at=ft.CLOCK - 60_000), "silent"),
        (health(strays=1), "strays"),
        (health(accounts=2), "strays"),
        (health(unread=1), "unread"),
        (health(unanswered="orders: -"), "unanswered"),
        (health(quotes_text="600000.SH"), "list"),
        (health(), "nothing"),
    ],
)
def test_each_trouble_has_its_advice(row: HealthRow, key: str, qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.tell(row, found(clean=True))
    assert health_words.advice(desk.mirror) == (health_words.t(f"health.do_{key}"),)


def test_silence_outside_trading_is_no_trouble(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    quiet = [row for row in live_rows("live") if isinstance(row, type(ft.status()))]
    desk.tell(health(tick_at=ft.CLOCK - 600_000), msgspec.structs.replace(quiet[0], phase="lunch"))
    assert not health_words.silent(desk.mirror)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("picture", ["live", "retry", "hung", "main"])
def test_the_sheet_shows_everything_and_nothing_is_cut(picture: str, language: Language, qtbot: QtBot) -> None:
    desk = Desk(qtbot, picture)
    desk.look.set(language=language)
    desk.window.menu_does("health")
    sheet = desk.sheet()
    assert isinstance(sheet, HealthSheet)
    words = painted(sheet)
    for line in health_words.advice(desk.mirror):
        assert line[:12] in "".join(words)
    for section in health_words.sections(desk.mirror):
        assert section.title in words


def test_a_press_on_a_lamp_opens_the_sheet_and_its_copy_has_all_of_it(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "retry")
    desk.tell(FoundRow(units=tuple((f"{113_000 + n}.SH", 10) for n in range(40))))
    top = desk.window.top
    group, x = next(each for each in top._placed if each[0].name == "lamp")
    qtbot.mouseClick(top, Qt.MouseButton.LeftButton, pos=QPointF(x + group.width / 2, 20).toPoint())
    sheet = desk.sheet()
    assert isinstance(sheet, HealthSheet)
    assert any("另 35 项" in words for words in painted(sheet))
    sheet.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "113039.SH" in copied
    assert "connect: -1" in copied
    assert "登录失败" in copied


def test_the_sheet_follows_what_comes_in(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "retry")
    desk.window.menu_does("health")
    sheet = desk.sheet()
    assert sheet is not None
    desk.tell(health())
    assert "未连接" not in painted(sheet)


def test_the_ladder_says_what_of_its_code_cannot_be_relied_on(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "retry")
    desk.window.resize(1600, 900)
    assert "与 QMT 不同" in painted(desk.window.ladder)
    desk.tell(found(clean=True))
    assert "与 QMT 不同" not in painted(desk.window.ladder)
    desk.tell(msgspec.structs.replace(desk.mirror.quotes[ft.BOND], rough=True))
    assert health_words.code_trouble(desk.mirror, ft.BOND)[0] == "量单位未知"


def test_a_rough_quote_adds_no_seal_to_the_chart(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    quote, limit = desk.mirror.quotes[ft.STOCK], desk.mirror.watches[ft.STOCK].limit_up
    sealed = msgspec.structs.replace(
        quote, at=quote.at + 60_000, last=limit, bids=((limit, 90_000),), asks=(), stale=False
    )
    desk.tell(msgspec.structs.replace(sealed, rough=True))
    assert desk.mirror.series(ft.STOCK, "seal")[-1][1] == -1
    desk.tell(msgspec.structs.replace(sealed, at=sealed.at + 3_000))
    assert desk.mirror.series(ft.STOCK, "seal")[-1][1] > 0


# going live


def test_before_the_word_the_strip_says_so_and_leads_to_the_sheet(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "unsaid")
    alarm = alarm_of(desk.mirror)
    assert alarm is not None
    assert (alarm.kind, "go_live" in dict(alarm.actions)) == ("unsaid", True)
    desk.window.act("go_live")
    assert isinstance(desk.sheet(), LiveSheet)


def test_the_sheet_wants_the_answer_and_the_word(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "unsaid")
    desk.window.menu_does("master")
    sheet = desk.sheet()
    assert isinstance(sheet, LiveSheet)
    sheet.word.setText(LIVE_WORD)
    assert sheet.blocked() == "先答程序化交易报告"
    assert sheet.report is not None
    sheet.report.set_value("no")
    assert sheet.help.isVisibleTo(sheet)
    assert sheet.blocked() == "先答程序化交易报告"
    sheet.report.set_value("yes")
    assert desk.window.focusWidget() is sheet.word
    assert not sheet.help.isVisibleTo(sheet)
    assert sheet.blocked() == ""
    sheet.word.setText("模拟")
    assert sheet.blocked() == "键入「实盘」两个字，或 shipan"
    sheet.word.setText(LIVE_WORD)
    qtbot.waitUntil(sheet.go.isEnabled, timeout=20_000)
    qtbot.keyClick(sheet, Qt.Key.Key_Return)
    assert desk.bodies(GoLive) == []
    qtbot.keyClick(sheet, Qt.Key.Key_Return, CONTROL)
    assert desk.bodies(GoLive) == [GoLive(word=LIVE_WORD, reported=True)]
    assert not any(isinstance(event, SetMaster) for event in desk.commands.wished)


def test_who_answered_once_is_asked_for_the_word_only(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    row = next(each for each in live_rows("live") if isinstance(each, type(ft.status())))
    desk.tell(msgspec.structs.replace(row, live_said=False))
    desk.window.menu_does("master")
    sheet = desk.sheet()
    assert isinstance(sheet, LiveSheet)
    assert sheet.report is None
    assert "已答「是」（2026-11-16）" in painted(sheet)
    sheet.word.setText("shipan")
    assert sheet.blocked() == ""


@pytest.mark.parametrize(
    ("told", "words"),
    [({"lamp_trade": "blind"}, "等 QMT 连上"), ({"ready": "reconciling"}, "等账户核对完")],
)
def test_the_sheet_waits_for_the_link_and_the_account(told: dict[str, str], words: str, qtbot: QtBot) -> None:
    desk = Desk(qtbot, "unsaid")
    row = next(each for each in live_rows("unsaid") if isinstance(each, type(ft.status())))
    desk.tell(msgspec.structs.replace(row, **told))
    desk.window.menu_does("master")
    sheet = desk.sheet()
    assert isinstance(sheet, LiveSheet)
    sheet.word.setText(LIVE_WORD)
    assert sheet.blocked() == words


def test_after_the_word_the_master_switch_has_its_own_sheet(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    row = next(each for each in live_rows("live") if isinstance(each, type(ft.status())))
    desk.tell(msgspec.structs.replace(row, master=False))
    desk.window.menu_does("master")
    assert isinstance(desk.sheet(), MasterSheet)


# what is looked at


def test_a_live_trader_is_told_what_is_on_the_screen_and_only_when_it_changes(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.window.looking.look()
    told, count = desk.bodies(Looking)[-1], len(desk.bodies(Looking))
    assert isinstance(told, Looking)
    assert {ft.BOND, ft.STOCK} <= set(told.codes)
    assert set(desk.mirror.watches) <= set(told.codes)
    desk.window.looking.look()
    assert len(desk.bodies(Looking)) == count
    hidden = next(code for code in desk.mirror.bonds if code not in told.codes)
    desk.mirror.select_bond(hidden)
    desk.window.looking.look()
    assert hidden in desk.bodies(Looking)[-1].codes  # type: ignore[attr-defined]


def test_a_trader_attached_anew_is_told_again(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.window.looking.look()
    told = len(desk.bodies(Looking))
    desk.mirror.set_link("lost")
    desk.window.looking.look()
    assert len(desk.bodies(Looking)) == told
    desk.mirror.set_link("attached")
    desk.window.looking.look()
    assert len(desk.bodies(Looking)) == told + 1


def test_a_window_that_is_away_looks_at_nothing(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.window.looking.look()
    desk.window.hide()
    desk.window.looking.look()
    assert desk.bodies(Looking)[-1] == Looking(codes=())


def test_a_paper_trader_is_told_nothing_of_it(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "main")
    desk.window.looking.look()
    assert desk.bodies(Looking) == []


# the bundle


def test_where_the_bundle_lies_is_said_at_the_foot(qtbot: QtBot) -> None:
    desk = Desk(qtbot, "live")
    desk.window.menu_does("bundle")
    assert desk.bodies(MakeBundle) == [MakeBundle()]
    desk.window.menus._bundled(Ack(1, True, 0, because(Why.BUNDLE_MADE, path="/data/bundle.zip")))
    assert desk.window.note.words == "诊断包已存到 /data/bundle.zip"
    desk.window.menus._bundled(Ack(2, False, 0, because(Why.BUNDLE_FAILED, error="disk full")))
    assert "disk full" in desk.window.note.words
