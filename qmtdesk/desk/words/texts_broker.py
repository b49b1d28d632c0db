"""What is said of a counter, a link or a clock that does what nobody planned."""

from qmtdesk.domain.reason import Why

TEXTS: dict[str, tuple[str, str]] = {
    "cash.gone": ("资金", "the cash"),
    "holdings.all": ("全部持仓", "all holdings"),
    "status.invalid": ("无效", "invalid"),
    "status.ok": ("正常", "in order"),
    "status.connecting": ("正在连接", "connecting"),
    "status.logging_in": ("正在登录", "logging in"),
    "status.failed": ("登录失败", "failed"),
    "status.initialising": ("正在初始化", "initialising"),
    "status.correcting": ("正在修正数据", "correcting its data"),
    "status.after_close": ("收盘后", "after the close"),
    "status.assistant_down": ("辅助链路断开", "assistant link down"),
    "status.disabled": ("已停用", "disabled"),
    "status.disabled_by_system": ("被系统停用", "disabled by the system"),
    "release.look_link_flaps": (
        "有没有别的程序用着同一个会话号；有就先关掉它",
        "Is another program using the same session? Close it first",
    ),
    "release.look_other_program": (
        "哪台电脑上还开着交易程序；同一账户只留一个",
        "Which other computer trades this account? Leave one of them running",
    ),
    "release.look_clock_wrong": (
        "电脑的日期、时间和时区；对准以后再继续",
        "The computer's date, time and time zone; set them first",
    ),
    "release.look_orders_changed": (
        "委托页里柜台收下的价格和数量",
        "The prices and volumes the counter took, under Orders",
    ),
    "release.look_account_changed": (
        "券商终端登录的是哪个账户；换账户要用另一个数据目录",
        "Which account the terminal is logged in to; another account needs another data folder",
    ),
}

BROKER: dict[Why, tuple[str, str]] = {
    Why.ACCOUNT_STATUS: (
        "券商账户状态[：{status}][（{number}）]，恢复正常并重新核对前不发委托",
        "The account at the broker is[ {status}][ ({number})], no orders until it is in order and reconciled",
    ),
    Why.ACCOUNT_CHANGED: (
        "连上的不是这个数据目录的账户，已全部暂停，换回原账户或换一个数据目录",
        "Connected to another account than this data folder's, all paused: go back to it or use another folder",
    ),
    Why.OTHER_ACCOUNT: (
        "收到别的账户的回报，已丢弃[，今日 {count} 条]",
        "Something of another account arrived and was dropped[, {count} today]",
    ),
    Why.OTHER_PROGRAM: (
        "另一个 qmtdesk[（{install}）]在用这个账户下单，买入已停，等人工确认",
        "Another qmtdesk[ ({install})] trades this account, no buying until you confirm",
    ),
    Why.REPORT_SHRUNK: (
        "查询结果突然少了[ {codes} 只持仓][ {holdings}][ {orders} 笔委托][ {fills} 笔成交][ {cash}]，再次查到一致前不发委托",
        "An answer suddenly lacks[ {codes} holdings][ {holdings}][ {orders} orders][ {fills} fills][ {cash}], no orders until two agree",
    ),
    Why.REPORT_BELIEVED: (
        "两次查询一致，[{codes} 只持仓][ {holdings}][ {orders} 笔委托][ {fills} 笔成交][ {cash}]不在账户里了，已按柜台为准",
        "Two answers agree:[ {codes} holdings][ {holdings}][ {orders} orders][ {fills} fills][ {cash}] are gone, the counter is right",
    ),
    Why.HOLDING_UNCLEAR: (
        "柜台报的[ {code} ]持仓读不出来[，{then}]；先在交易端核对它的持仓，读不出来期间点继续交易会再次暂停",
        "The holding[ of {code}] told by the counter cannot be read[: {then}]; look at it in the terminal: released, it is suspended again until it can be read",
    ),
    Why.ORDER_NOT_UNDERSTOOD: (
        "[{price_milli} ][{side}单]状态看不懂[（{status}）]，按未知处理，同代码同方向先不下单",
        "[{price_milli} ][{side} ]order in a state nobody knows[ ({status})], in doubt; same code and side wait",
    ),
    Why.ORDER_CHANGED: (
        "柜台收下的委托和发出的不同[：{volume}][ @{price_milli}][，发出 {sent}][ @{sent_price_milli}]，以柜台为准",
        "The counter took another order than was sent[: {volume}][ @{price_milli}][, sent {sent}][ @{sent_price_milli}]",
    ),
    Why.ORDERS_CHANGED: (
        "柜台今天改了[ {count} 笔]委托的价格或数量，该代码已暂停，等人工确认",
        "The counter changed[ {count}] orders of this code today, paused until you confirm",
    ),
    Why.LINK_FLAPS: (
        "[{wait_ms} 内]断线[ {count} 次]，可能有别的程序占用同一会话，已全部暂停，等人工确认",
        "Link lost[ {count} times][ within {wait_ms}]; another program may be using the session, all paused until you confirm",
    ),
    Why.GATEWAY_SILENT: (
        "交易接口[ {wait_ms}]没有回应，可能卡死，新委托已拦下；不恢复就重启交易进程和券商终端",
        "The broker's interface has not answered[ for {wait_ms}], new orders blocked; if it stays, restart trader and terminal",
    ),
    Why.CLOCK_SKEWED: (
        "电脑时钟和交易所差[ {skew_ms}]，先对时",
        "This computer's clock is off by[ {skew_ms}] from the exchange's, set it",
    ),
    Why.CLOCK_WRONG: (
        "电脑时钟和交易所差[ {skew_ms}]，已全部暂停，对时后人工确认",
        "This computer's clock is off by[ {skew_ms}] from the exchange's, all paused: set it, then confirm",
    ),
}

BROKER_SHORT: dict[Why, tuple[str, str]] = {
    Why.ACCOUNT_STATUS: ("账户[{status}]", "Account[ {status}]"),
    Why.OTHER_PROGRAM: ("另一程序在交易，不买", "Another program, no buys"),
    Why.REPORT_SHRUNK: ("查询结果变少", "Answer shrunk"),
    Why.HOLDING_UNCLEAR: ("持仓读不出，暂停", "Holding unread, paused"),
    Why.ORDER_NOT_UNDERSTOOD: ("状态看不懂，冻结该档", "State unknown, frozen"),
    Why.ORDERS_CHANGED: ("委托被改，暂停", "Orders changed, paused"),
    Why.LINK_FLAPS: ("反复断线，全部暂停", "Link flaps, all paused"),
    Why.GATEWAY_SILENT: ("接口无回应", "No answer"),
    Why.CLOCK_WRONG: ("时钟不对，全部暂停", "Clock wrong, all paused"),
    Why.ACCOUNT_CHANGED: ("账户不对，全部暂停", "Other account, all paused"),
}
