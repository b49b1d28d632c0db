"""What F1 says: key -> (Chinese, English)."""

TEXTS: dict[str, tuple[str, str]] = {
    "help.title": ("帮助", "Help"),
    "help.search": ("在手册里查找，Enter 下一处", "Search the manual, Enter for the next place"),
    "help.found": ("第 {at} / {of} 处", "{at} of {of}"),
    "help.nothing": ("手册里没有“{typed}”", "Nothing in the manual on “{typed}”"),
    "help.no_manual": ("没有找到手册 {file}。", "The manual {file} was not found."),
    "help.manual_language": ("", "The manual below is in Chinese."),
    "help.keys": ("快捷键", "Keys"),
    "help.window": ("现在没有选中任何东西", "Nothing is selected"),
    "help.window_note": (
        "在表、梯子或观察表里选一行，再按 F1，这里就说明那一行。",
        "Choose a row of the table, the ladder or the watchlist and press F1 again: it is explained here.",
    ),
    "help.program": ("程序", "the program"),
    # the ladder
    "help.no_grid": ("{name}：还没有网格", "{name}: no grid"),
    "help.no_grid_note": (
        "按 Enter 打开启动单：先看占用资金、最坏亏损和马上要发的委托，再决定。",
        "Enter opens the sheet: cash, worst loss and the orders that would leave come first.",
    ),
    "help.ladder": ("{name} 的网格", "The grid of {name}"),
    "help.choose_level": ("用 ↑↓ 或单击选一档，再按 F1。", "Choose a level with ↑↓ or a click and press F1 again."),
    "help.ladder_note": (
        "蓝色小格是两档之间的持有：满格已买一份，半格部分成交，空格没有。实心标签是两侧最近的一笔。",
        "The capsules between levels are what is held: full, part or empty. The solid label is the nearest order.",
    ),
    "help.ladder_keys": (
        "右边竖线那句话说明这一段为什么没有挂单。空格键暂停一格，Del 撤这一档的委托。",
        "The words at the bracket say why nothing rests there. Space pauses a gap, Del cancels its order.",
    ),
    "help.grid_running": (
        "运行：每侧最近几档挂在交易所，其余待命。",
        "Running: the nearest levels of each side rest at the exchange, the others wait.",
    ),
    "help.grid_sell_only": ("只卖：不再买，持有的逐档卖出。", "Sell only: buys nothing more, sells level by level."),
    "help.grid_asleep": (
        "休眠：价格在区间外，远处的挂单已撤，回到区间内一档就醒来。",
        "Asleep: the price is out of range; it wakes one level inside.",
    ),
    "help.grid_frozen": (
        "冻结：有一笔委托没有回音，或数据过旧；查清之前那一侧不再发单。",
        "Frozen: an order has no answer or data are old; nothing leaves on that side until it is clear.",
    ),
    "help.grid_waiting": ("等待：首仓还没有成交。", "Waiting for the first buy."),
    "help.grid_stopped": ("已停：不发委托，持有的留着。", "Stopped: no orders, holdings stay."),
    # the guard
    "help.no_stock": ("观察表是空的。按「添加」放一只股票进来。", "The list is empty: press Add."),
    "help.stock": ("{name} 的封单卫士", "The guard of {name}"),
    "help.board_idle": ("未涨停：现价不在涨停价。", "Not at the limit."),
    "help.board_open": ("未涨停：现价不在涨停价。", "Not at the limit."),
    "help.board_at_limit": (
        "触板：现价是涨停价，但还有人在卖，不算封板。",
        "At the limit, but somebody still offers: not sealed.",
    ),
    "help.board_sealed": (
        "封板：现价和买一都是涨停价，没有卖单。",
        "Sealed: last and best bid are the limit and nothing is offered.",
    ),
    "help.board_broken": ("炸板：今天封住过，现在打开了。", "Broken: was sealed today, is open now."),
    "help.board_triggered": ("已触发：卖单已发出或在途。", "Fired: the sell order is out."),
    "help.board_sold": ("已卖出。要再盯，重新布防。", "Sold. Arm again to go on."),
    "help.board_blind": (
        "失明：超过这只股票平常的间隔没有新快照；不判断、不卖出。",
        "Blind: no fresh tick for longer than usual; no decision, no sale.",
    ),
    "help.action_alert": ("布防中：触发时只提醒。", "Armed: alerts only."),
    "help.action_ask": (
        "布防中：触发时右下角问您；倒计时结束什么也不做。",
        "Armed: asks at the lower right; when time runs out nothing is done.",
    ),
    "help.action_sell": ("布防中：触发就自动卖，每次布防最多一次。", "Armed: sells by itself, once per arming."),
    "help.not_armed": ("未布防：只看，不卖。", "Not armed: watched only."),
    "help.seal": (
        "封单金额 = 买一价 × 买一手数 × 100。小图的虚线是阈值，线下琥珀色是会触发的地方。",
        "Seal amount = best bid × its lots × 100. The dashed line is the threshold, amber below it fires.",
    ),
    # tables
    "help.columns": (
        "入选的在上，按规模 × 价格排；未入选的写明第一个不满足的条件和数字。右键表头选列，单击表头排序。",
        "Chosen bonds on top; the others name the first rule they fail. Right-click the header for columns.",
    ),
    "help.tab_orders": (
        "今天的委托，未完结的在前。Del 撤单：网格档位的单撤后那一格暂停；首次买入、滚动网格、清理和卫士的单撤后随之停止。",
        "Today's orders, open ones first. Del cancels: a gap is then paused; a first buy, rolling pair, clearing or guard ends.",
    ),
    "help.tab_fills": ("今天的成交。价优 = 比委托价好多少。", "Today's fills; “better” is against the order's price."),
    "help.tab_positions": (
        "持仓。可卖不含今天买入的股票（T+1）和冻结的部分。",
        "Holdings. “Can sell” leaves out today's stock buys and what is frozen.",
    ),
    "help.tab_trips": (
        "每只网格今天的往返与盈亏：已实现、浮动、费用分开。净盈亏 = 今日已实现 + 浮动 − 今日费用；价格改善从启动算起。",
        "Each grid's round trips and P&L of today. Net = realised today + floating − fees today.",
    ),
    "help.tab_events": ("程序做过的事和原因，琥珀色的要看一眼。", "What happened and why; amber wants a look."),
    "help.order_sent": ("已发出，等柜台回音。", "Sent, no answer yet."),
    "help.order_working": ("挂在交易所，还没有成交。", "Rests at the exchange, nothing filled."),
    "help.order_partial": ("成交了一部分，其余还挂着。", "Part filled, the rest still rests."),
    "help.order_cancelling": (
        "撤单已报，等确认；确认前仍可能成交。",
        "Cancel sent; it may still fill until confirmed.",
    ),
    "help.order_unknown": (
        "没有回音或回音矛盾：程序不会再发一次，那一侧停下，每两秒查询，查不到三次才认定没有到达。",
        "No clear answer: it is never sent again; the side stops and the counter is asked every two seconds.",
    ),
    "help.order_rejected": ("柜台拒绝，原文在下面。", "Rejected by the counter, its words below."),
}
