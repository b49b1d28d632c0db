"""What is said about 清理: the list of holdings that are not on the target list, and selling them."""

from qmtdesk.domain.reason import Why

TEXTS: dict[str, tuple[str, str]] = {
    "menu.clear": ("清理…", "Clear…"),
    "menu.trade": ("交易", "Trading"),
    "strip.clearing": ("清理 {n} 只", "{n} being cleared"),
    "clear.title": ("清理", "Clear"),
    "clear.head": (
        "名单“{name}”{n} 只 · 数据日期 {day} · 不在名单内的持仓如下",
        "List “{name}”, {n} bonds · data of {day} · holdings that are not on it",
    ),
    "clear.head_old": (
        "名单“{name}”{n} 只 · 数据日期 {day}，已过期 · 不能按名单卖出",
        "List “{name}”, {n} bonds · data of {day}, old · nothing is sold by it",
    ),
    "clear.day_unknown": ("未知", "unknown"),
    "clear.original": ("小盘低价（原版）", "small and cheap (original)"),
    "clear.whole": ("全部不在名单内的都列出", "List everything that is not on the list"),
    "clear.whole_note": (
        "关：只列本程序买入的，您自己的持仓不动",
        "Off: only what this program bought, your own holdings stay",
    ),
    "clear.whole_warn": (
        "连您自己买的转债也已列出，勾选并确认就会卖出",
        "Bonds you bought yourself are listed too: what you tick and confirm is sold",
    ),
    "clear.empty": ("没有需要清理的转债", "No bond needs clearing"),
    "clear.empty_others": (
        "另有 {n} 只不在名单内，不是本程序买的，没有列出",
        "{n} more are not on the list and were not bought by this program: not shown",
    ),
    "clear.empty_busy": (
        "{n} 只不在名单内，网格或卫士正在运行，不列出；停止后再来",
        "{n} not on the list work for a grid or a guard; stop that first",
    ),
    "clear.loading": ("正在核对持仓与名单", "Comparing holdings with the list"),
    "clear.col_tick": ("", ""),
    "clear.col_name": ("转债", "Bond"),
    "clear.col_why": ("为何不在名单内", "Why it is off the list"),
    "clear.col_position": ("持仓", "Held"),
    "clear.col_volume": ("卖出", "Sell"),
    "clear.col_stays": ("留下", "Stays"),
    "clear.col_bid1": ("买一", "Bid"),
    "clear.col_floor": ("最低", "Lowest"),
    "clear.col_proceeds": ("约得", "About"),
    "clear.col_fee": ("费用", "Fee"),
    "clear.running": ("正在清理 · 已卖 {sold}，还剩 {left}", "Clearing · {sold} sold, {left} left"),
    "clear.stop_one": ("取消", "Stop"),
    "clear.stop": ("取消清理", "Stop clearing"),
    "clear.stopped": ("清理已取消，挂单正在撤", "Clearing stopped, its order is being cancelled"),
    "clear.all": ("全选", "Tick all"),
    "clear.none": ("全不选", "Tick none"),
    "clear.total": (
        "{n} 只 · {volume} 张 · 约 {money} 元 · 费用 {fee}",
        "{n} bonds · {volume} · about {money} CNY · fee {fee}",
    ),
    "clear.nothing_ticked": ("先勾选要卖出的", "Tick what is to be sold"),
    "clear.nothing_to_tick": ("现在没有一只可以确认，原因见各行", "None can be confirmed now; each row says why"),
    "clear.go": ("卖出 {n} 只 {volume} 张", "Sell {n} bonds, {volume}"),
    "clear.go_none": ("卖出", "Sell"),
    "clear.note": (
        "按买一限价卖出；买一下移就撤单重挂，不低于最低价；15:00 结束",
        "Limit orders at the bid; they follow it down to the lowest price; ends at 15:00",
    ),
    "clear.done": ("清理 {n} 只，见委托页", "Clearing {n} bonds, see the orders tab"),
    "clear.changed": ("名单或数量刚变了，看一遍再确认", "The list or a volume just changed; look again"),
    "ended.user": ("已取消", "stopped by you"),
    "ended.kill": ("全部停止", "everything was stopped"),
    "ended.close": ("收盘", "the close"),
    "ended.restart": ("重新启动", "a fresh start"),
    "ended.rejects": ("多次被拒", "rejected again and again"),
    "ended.terminal": ("在交易端被撤", "cancelled at the terminal"),
    "ended.nothing": ("没有可卖的了", "nothing left to sell"),
    "ended.bug": ("程序错误", "a fault in the program"),
}

SENTENCES: dict[Why, tuple[str, str]] = {
    Why.TERMS_UNKNOWN: (
        "转债数据不全，不能断定它不在名单内",
        "Too little is known of it to say that it is off the list",
    ),
    Why.NO_BID: ("没有买盘", "Nobody bids"),
    Why.NO_BOOK: ("没有任何报价，可能停牌", "No quotes at all, perhaps halted"),
    Why.BID_BELOW: (
        "买一[ {bid_milli} ]低于最低价[ {stop_milli}]，等待",
        "The bid[ {bid_milli}] is below the lowest price[ {stop_milli}]: waiting",
    ),
    Why.NOT_BOUGHT_HERE: (
        "含您自己的持仓[，本程序只买了 {volume}]",
        "Includes your own[; this program bought {volume}]",
    ),
    Why.SAME_DAY: ("今天买入[ {volume}]，转债 T+0 可卖", "[{volume} ]bought today; bonds may be sold the same day"),
    Why.NOT_PROPOSED: (
        "名单或持仓刚变了[：要卖 {want}，现在最多 {volume}]，看一遍再确认",
        "The list or the holding just changed[: {want} wanted, {volume} at most now]; look again",
    ),
    Why.CLEARING: ("正在清理，先取消清理", "Being cleared; stop the clearing first"),
    Why.CLEAR_STARTED: ("开始清理[ {volume}][，最低 {stop_milli}]", "Clearing[ {volume}][, not below {stop_milli}]"),
    Why.CLEAR_ENDED: (
        "清理结束[：{ended}][，已卖 {volume}][，未卖 {left}][（{error}）]",
        "Clearing ended[: {ended}][, {volume} sold][, {left} not][ ({error})]",
    ),
    Why.CLEARED: ("清理完成[，卖出 {volume}]", "Cleared[, {volume} sold]"),
}
SHORT: dict[Why, tuple[str, str]] = {
    Why.TERMS_UNKNOWN: ("数据不全", "Too little known"),
    Why.BID_BELOW: ("买一低于最低价", "Bid below lowest"),
    Why.NOT_BOUGHT_HERE: ("含您自己的", "Includes yours"),
    Why.SAME_DAY: ("今日买入，T+0", "Bought today, T+0"),
    Why.NO_BOOK: ("无报价，可能停牌", "No quotes, halted?"),
}
