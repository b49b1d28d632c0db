"""Sentences for what was found out about orders, positions and money when two books did not agree."""

from qmtdesk.domain.reason import Why

FOUND: dict[Why, tuple[str, str]] = {
    Why.ORDER_BEFORE_LOSS: (
        "日志丢失前的本程序委托[ {side}][ {volume}][ @{price_milli}]，可撤单",
        "Our order from before the journal was lost[ {side}][ {volume}][ @{price_milli}], can be cancelled",
    ),
    Why.ORDER_LOOKALIKE: (
        "柜台有一模一样的委托[ {side}][ {volume}][ @{price_milli}][（{numbers}）]，分不清是不是本程序的，该方向已冻结，到 QMT 核对后处置",
        "The counter has an order just like ours[ {side}][ {volume}][ @{price_milli}][ ({numbers})], side frozen, check in QMT and decide",
    ),
    Why.DOUBT_KEPT: (
        "委托列表里没有[ {side}][ {volume}][ @{price_milli}]，但{sign}，可能已到柜台：不重发，该方向已冻结，到 QMT 核对后处置",
        "No row of[ {side}][ {volume}][ @{price_milli}], yet {sign}: it may be at the counter, not sent again, side frozen, check in QMT and decide",
    ),
    Why.MISSED_TRADES: (
        "收盘时没收到[ {orders} 笔]委托的结果[：收盘记 {expected}][，账户 {position}][，按 {side} {volume} 成交补记][，另有 {rest} 无法解释]，盈亏为估算",
        "No result[ of {orders} orders] at the close[: books had {expected}][, account has {position}][, {side} {volume} booked as traded][, {rest} unexplained], profit is an estimate",
    ),
    Why.BASE_LESS: (
        "底仓比记录的少[：账户 {position}][，网格持有 {held}][，底仓由 {was} 改为 {base}]",
        "Less of your own than recorded[: account has {position}][, the grid holds {held}][, base holding {was} is now {base}]",
    ),
    Why.BASE_MORE: (
        "账户里比记录的多[：账户 {position}][，网格持有 {held}]，多出的算底仓[，底仓由 {was} 改为 {base}]，网格不卖",
        "More in the account than recorded[: account has {position}][, the grid holds {held}]; it is yours[, base holding {was} is now {base}] and no grid sells it",
    ),
    Why.WORKED_OUT_ANEW: (
        "按今天的价格重算[，基准 {was_milli} → {base_milli}][，首仓 {first_was_milli} → {first_price_milli}][，每档 {unit}]",
        "Worked out from today's prices[, base {was_milli} → {base_milli}][, first buy {first_was_milli} → {first_price_milli}][, {unit} a level]",
    ),
    Why.BUYS_ENDED: (
        "[{name}：]最后交易日或退市整理，网格不再买，卖出照旧；卖不掉的自己卖出或转股",
        "[{name}: ]last trading day or delisting, the grid buys no more and sells on; sell or convert the rest yourself",
    ),
    Why.NOT_WORKED_OUT: (
        "今天的价格不合启动时的设置[：昨收 {close_milli}][：现价 {last_milli}][ 不高于下限 {stop_milli}][：{name}]，首仓和买入都不发，止损和卖出照旧；要再买，先停止再重新启动",
        "Today's prices do not fit its settings[: previous close {close_milli}][: last {last_milli}][ not above the lower stop {stop_milli}][: {name}], no first buy and no buys, its stop and sales go on; to buy again stop it and start it anew",
    ),
    Why.EX_RIGHTS: (
        "今天的参考价和上次收盘接不上（可能除权除息）[：{name}][：收盘 {close_milli}]，[参考价 {reference_price_milli}，][不高于下限 {stop_milli} 而上一日收盘没看到，]网格的价位和止损是旧价的，已撤单停止；核对后按新价重新启动",
        "Today's reference price does not go on from the last close (dividend, split)[: {name}][: close {close_milli}], [reference {reference_price_milli}, ][not above the lower stop {stop_milli} and the last close was not seen, ]levels and stop are of the old price: stopped, orders cancelled; check and start it anew",
    ),
    Why.OWN_LESS: (
        "不在时少了持仓[：账户 {position}]，没有的不再算网格和本程序买的[：网格持有 {was} → {held}][，本程序买入 {bought_was} → {bought}]",
        "Less is held than recorded[: account has {position}], what is gone counts as nobody's[: the grid held {was}, now {held}][, bought here {bought_was}, now {bought}]",
    ),
    Why.MONEY_MOVED: (
        "账户有 [{amount_milli} ]变动不是成交（转账、转股或赎回；券商不报费用的，也可能是佣金设置与券商不符），今日盈亏已扣除；核对前只卖不买",
        "[{amount_milli} ]came or went without a trade (transfer, conversion, redemption; where the broker tells no fee, perhaps a commission setting unlike the broker's), taken out of today's result; sells only until you release",
    ),
    Why.MONEY_ELSEWHERE: (
        "本程序不做的品种（如国债逆回购）今天有成交，资金变动[ {amount_milli}]由此而来，不算今日盈亏，不用处理",
        "Trades in what this program does not trade (a reverse repo) explain[ {amount_milli}], not in today's result, nothing to do",
    ),
    Why.PNL_UNKNOWN: (
        "[{code} ][{price_milli} ]不可能是今天的价格，今日盈亏算不出：只卖不买，不触发全部停止",
        "[{code} ][{price_milli} ]cannot be a price of today, today's result is unknown: sells only, nothing is stopped",
    ),
    Why.ORDER_MISSING: (
        "柜台委托列表里找不到[ {side}][ {volume}][ @{price_milli}][（{number}）]，该方向已冻结，继续查询",
        "The counter does not list[ {side}][ {volume}][ @{price_milli}][ ({number})], side frozen, asking on",
    ),
    Why.OLD_BUY_UNLISTED: (
        "先前的买单柜台不再列出，仍可能成交；到 QMT 核对后在委托表里右键认定，再接着买",
        "An earlier buy is not listed any more and may still fill; look in QMT and say so in its menu, then buying goes on",
    ),
    Why.DECIDED_GONE: (
        "由您认定已不在柜台：[ {side}][ {volume}][ @{price_milli}][（{number}）]，它的钱和价位放开",
        "You decided it is gone:[ {side}][ {volume}][ @{price_milli}][ ({number})], its money and price are free",
    ),
    Why.ORDER_GONE: (
        "[查了 {looks} 次，]柜台都没有[ {side}][ {volume}][ @{price_milli}][（{number}）]，按已不在处理，不再自动补单；它的钱和价位还留着，到 QMT 核对后在委托表里右键认定",
        "Not listed[ in {looks} looks]:[ {side}][ {volume}][ @{price_milli}][ ({number})], taken as gone, not sent again; its money and price stay spoken for until you look in QMT and say so in its menu",
    ),
}
