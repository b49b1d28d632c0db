"""What a desk asks for is done once and answered to whoever asked, and a stop only when it may be."""

import os

import pytest
from serving import Desk, encode, wait

from qmtdesk.trader.serve import DeskServer
from qmtdesk.wire.attach import RefusedError, raise_first_desk, stop_trader
from qmtdesk.wire.line import LineLostError
from qmtdesk.wire.talk import Ack, Beat, Command, Demo, Raise, Refuse, Stop

pytestmark = pytest.mark.skipif(os.name == "nt", reason="speaks to a socket")


def test_each_command_is_done_once_and_each_repetition_answered(trader):
    desk = trader.desk()
    assert desk.ask(1).ok
    assert desk.ask(1).ok
    assert desk.ask(77).ok
    assert [command.id for _, command in trader.commands] == [1]
    desk.close()


def test_an_answer_finds_the_desk_that_attached_anew(trader):
    desk = trader.desk()
    desk.line.send(encode(Command(13, 0, Demo())))
    wait(lambda: trader.commands)
    desk.close()
    second = trader.desk()
    second.line.send(encode(Command(13, 0, Demo())))
    second.line.send(encode(Command(14, 0, Demo())))
    assert second.hear(Ack).id == 14  # the repetition of 13 was read before it
    trader.server.reply(trader.commands[0][0], Ack(13, True, 0))
    assert second.hear(Ack).id == 13
    assert [command.id for _, command in trader.commands] == [13, 14]
    second.close()


def test_an_answer_to_nobody_is_dropped(trader):
    desk = trader.desk()
    wait(lambda: trader.server.desks == 1)
    trader.server.reply(99, Ack(1, True, 0))
    trader.server.reply(99, Raise())
    trader.server.beat(9, 8, 7)
    # what was meant for nobody reached nobody: the first thing this desk hears is the beat
    assert desk.hear(Beat) == Beat("boot", 9, 8, 7)
    desk.close()


def test_raise_reaches_the_desk(trader):
    desk = trader.desk()
    wait(lambda: trader.server.desks)
    assert raise_first_desk(trader.folder)
    desk.hear(Raise)
    desk.close()


def test_stop_is_refused_while_armed_unless_forced(trader):
    trader.armed = True
    with pytest.raises(RefusedError, match="armed"):
        stop_trader(trader.folder, force=False)
    assert stop_trader(trader.folder, force=True)
    desk = trader.desk()
    desk.line.send(encode(Stop(False)))
    assert desk.hear(Refuse).why == "armed"
    desk.line.send(encode(Stop(True)))
    wait(lambda: trader.stops == [False, True, False, True])
    desk.close()


def test_nobody_answers_in_a_folder_without_a_trader(tmp_path, trader):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert not raise_first_desk(empty)
    assert not stop_trader(empty, force=True)


def test_a_failing_snapshot_or_command_ends_that_desk_and_is_logged(tmp_path, caplog):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("our bug")

    for number, (snapshot, on_command) in enumerate(((broken, print), (lambda: (0, []), broken))):
        server = DeskServer(tmp_path, str(number), on_command=on_command, snapshot=snapshot, on_stop=lambda _: True)
        server.start()
        desk = Desk(tmp_path)
        with pytest.raises(LineLostError):
            desk.ask(1)
        desk.close()
        server.stop()
        server.stop()
    assert caplog.text.count("ZeroDivisionError: our bug") == 2
