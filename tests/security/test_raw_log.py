"""What a counter writes in its own words goes into the raw log as clean as anywhere else; what names an order stays."""

import json
from pathlib import Path
from typing import Any

import pytest

from qmtdesk.gateways.qmt import records as raw
from qmtdesk.gateways.qmt.raw_log import RawLog
from qmtdesk.wire.redact import mask_account

OWN = "6612345396"
OTHER = "8880012345"
TOKEN = "abcd1234efgh5678ijkl"
SAID = f"资金账号[{OTHER}]未开通权限 token={TOKEN} {OWN[:4]} {OWN[4:8]} {OWN[8:]}，见 C:\\Users\\wang\\x"
AT = 1_795_140_002_000


def logged(folder: Path, *told: Any, own: str = OWN) -> tuple[str, list[dict[str, Any]]]:
    log = RawLog(folder, own, mask_account(own))
    for record in told:
        log.note(AT, 1, record)
    (file,) = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    return text, [json.loads(line)["record"] for line in text.splitlines()]


TEXTS = [
    raw.RawOrderError(account_id=OWN, error_msg=SAID),
    raw.RawCancelError(account_id=OWN, error_msg=SAID),
    raw.RawAnswer(account_id=int(OWN), error_msg=SAID),
    raw.RawCancelAnswer(account_id=OTHER, error_msg=SAID),
    raw.RawOrder(account_id=OWN, status_msg=SAID),
    raw.RawOrder(account_id=OWN, order_remark=SAID),
    raw.RawTrade(account_id=OWN, order_remark=SAID),
    raw.RawPoison("RawOrder", SAID, account_id=int(OTHER)),
]


@pytest.mark.parametrize("record", TEXTS, ids=lambda record: type(record).__name__)
@pytest.mark.parametrize("own", [OWN, ""])
def test_no_text_of_a_counter_names_an_account_a_token_or_the_user(tmp_path: Path, record: Any, own: str) -> None:
    text, _ = logged(tmp_path, record, own=own)
    assert OTHER not in text
    assert TOKEN not in text
    assert "wang" not in text
    assert "88****345" in text
    if own:
        assert OWN not in text.replace(" ", "")


def test_what_names_an_order_and_the_counters_other_words_stay_whole(tmp_path: Path) -> None:
    order = raw.RawOrder(
        account_id=OWN,
        stock_code="127089.SZ",
        order_id=1090519041,
        order_sysid="20261120093000123456",
        order_time=1_795_140_002,
        price=119.99,
        status_msg="[COUNTER] 可用资金不足[251005]",
        order_remark="abcd261120-000012",
    )
    trade = raw.RawTrade(account_id=OWN, traded_id="0102000012345678", order_sysid="20261120093000123456")
    _, (told, deal) = logged(tmp_path, order, trade)
    assert told == {
        **dict.fromkeys(raw.RawOrder.__struct_fields__),
        **json.loads(json.dumps({name: getattr(order, name) for name in raw.RawOrder.__struct_fields__})),
        "type": "RawOrder",
        "account_id": mask_account(OWN),
    }
    assert (deal["traded_id"], deal["order_sysid"]) == ("0102000012345678", "20261120093000123456")
