"""One sentence for each reason in Chinese and English; a [clause] without its numbers is left out."""

from qmtdesk.desk.words.texts_broker import BROKER, BROKER_SHORT
from qmtdesk.desk.words.texts_clear import SENTENCES as CLEAR
from qmtdesk.desk.words.texts_clear import SHORT as CLEAR_SHORT
from qmtdesk.desk.words.texts_live import LIVE, LIVE_SHORT
from qmtdesk.desk.words.texts_why_files import FILES, FILES_SHORT
from qmtdesk.desk.words.texts_why_found import FOUND
from qmtdesk.domain.reason import Why

SENTENCES: dict[Why, tuple[str, str]] = {
    # what keeps orders from leaving
    Why.NOT_ARMED: ("未启动，不发委托[；重启 {restart} 次，要手动启动]", "Not started, no orders[; {restart} restart]"),
    Why.MASTER_OFF: ("总开关关闭，新委托已全部拦下", "Master switch off, all new orders blocked"),
    Why.KILLED: (
        "已全部停止[，{at_ms} 由 {by} 触发]，新委托已全部拦下[，还有 {left} 笔未确认]",
        "All stopped[ at {at_ms} by {by}], all new orders blocked[, {left} to confirm]",
    ),
    Why.RECONCILING: ("正在核对账户，核对完成前不发委托", "Reconciling the account, no orders until done"),
    Why.SUSPENDED: ("账户对不上，已暂停，等人工确认", "Account does not reconcile, paused until you confirm"),
    Why.LINK_DOWN: ("交易连接中断[（{text}）]，新委托已拦下", "Broker link down[ ({text})], new orders blocked"),
    Why.NO_QUOTE: ("还没有可用的行情", "No usable market data yet"),
    Why.AWAIT_PRICE: (
        "等下一笔可用的行情[（买一 {bid_milli}，卖一 {ask_milli}）]",
        "Waiting for the next usable quote[ (bid {bid_milli}, ask {ask_milli})]",
    ),
    Why.QUOTE_STALE: (
        "行情中断[ {age_ms}][，上限 {limit_ms}]，新委托已拦下",
        "No market data[ for {age_ms}][, limit {limit_ms}], new orders blocked",
    ),
    Why.ACCOUNT_STALE: (
        "账户数据[ {age_ms}]未更新[，上限 {limit_ms}]",
        "Account data not updated[ for {age_ms}][, limit {limit_ms}]",
    ),
    Why.PHASE_CLOSED: ("非交易时段[（{phase}）]", "Market closed[ ({phase})]"),
    Why.NO_CANCEL_PHASE: ("此时段不能撤单", "Cancels are not accepted now"),
    Why.EXPIRED_AT_CLOSE: ("收盘到期，已停止", "Expired at the close"),
    Why.LEFT_UNSOLD: (
        "没有卖完[，还剩 {volume}]；不会接着卖，要卖就重新启动再停止，或自己下单",
        "Not all was sold[, {volume} left]; nothing goes on selling, start and stop again, or sell by hand",
    ),
    Why.BROKE_UNSOLD: (
        "已炸板[，第 {breaks} 次]，卫士没有卖：开着的规则都没满足。炸板就卖要打开规则 R11",
        "Board broke[, number {breaks}], the guard sold nothing: no rule that is on was met. R11 sells on a break",
    ),
    Why.NOT_GUARDED: (
        "卫士上一交易日卖出 {sold} 后已结束，还持有 {volume}，今天没有守护；要守就重新启动",
        "The guard sold {sold} on the last trading day and is over; {volume} still held are not guarded. Arm it again",
    ),
    Why.SELLS_UNDER_COST: (
        "最低卖价 {price_milli} 低于持仓成本 {cost_milli}：全按各档卖出约亏 {loss_milli}",
        "Lowest sale {price_milli} is below cost {cost_milli}: selling all at its levels loses about {loss_milli}",
    ),
    Why.SIDE_FROZEN: (
        "[{price_milli} ][{side}单]回报未知，冻结该档",
        "[{price_milli} ][{side} ]result unknown, level frozen",
    ),
    Why.REJECTED_TOO_OFTEN: (
        "[连续 {count} 次]被柜台拒绝，已暂停[，{wait_ms} 后再试]",
        "Rejected by the counter[ {count} times], paused[, tried again in {wait_ms}]",
    ),
    Why.STEP_FAILED: ("程序内部出错，该代码已停用[：{error}]", "Internal error, this code is disarmed[: {error}]"),
    Why.WAITING_CANCEL: ("等待撤单确认", "Waiting for the cancel to be confirmed"),
    Why.TOO_YOUNG: ("委托不足 1 秒，暂不撤", "Order is under 1 s old, not cancelled yet"),
    # the risk gate
    Why.CASH_SHORT: (
        "可用资金不足[：要 {need_milli}，有 {have_milli}]",
        "Cash short[: needs {need_milli}, has {have_milli}]",
    ),
    Why.CASH_CAP: (
        "资金上限[ {cap_milli}][，最低买到 {level_milli}]",
        "Cash cap[ {cap_milli}] reached[, buying down to {level_milli}]",
    ),
    Why.POSITION_CAP: ("持仓已到上限[ {cap}]", "Position cap[ {cap}] reached"),
    Why.POSITION_FLOOR: (
        "持仓已到下限[ {floor}][：网格记 {held}，账户 {position}]，不再卖",
        "Position floor[ {floor}] reached[: grid has {held}, account {position}], no more sales",
    ),
    Why.ORDER_VALUE: (
        "单笔金额[ {value_milli}]超过上限[ {cap_milli}][，多 {over_milli}][，发不出：改小金额或每档数量，或改 trader-settings.json 的 {where}]",
        "Order value[ {value_milli}] over the cap[ {cap_milli}][ by {over_milli}][: lower the amount or unit, or raise {where}]",
    ),
    Why.ORDER_VOLUME: ("单笔数量[ {volume}]超过上限[ {cap}]", "Order volume[ {volume}] over the cap[ {cap}]"),
    Why.CASH_KEPT: (
        "按风控上限，当天起始资金要留一部分[ {kept_milli}]不动[：要 {need_milli}，还能用 {have_milli}][，账户可用 {cash_milli}]",
        "Part of the day's first cash[ {kept_milli}] is kept[: needs {need_milli}, {have_milli} left to use][, account has {cash_milli}]",
    ),
    Why.SYMBOL_EXPOSURE: (
        "单只占用[ {value_milli}]超过上限[ {cap_milli}]",
        "Exposure to this code[ {value_milli}] over the cap[ {cap_milli}]",
    ),
    Why.ACCOUNT_EXPOSURE: (
        "账户占用[ {value_milli}]超过上限[ {cap_milli}]",
        "Account exposure[ {value_milli}] over the cap[ {cap_milli}]",
    ),
    Why.PRICE_COLLAR: (
        "委托价[ {price_milli}]离现价[ {last_milli}]太远",
        "Price[ {price_milli}] too far from last[ {last_milli}]",
    ),
    Why.OUTSIDE_LIMITS: (
        "委托价[ {price_milli}]在涨跌停[ {down_milli}–{up_milli}]之外",
        "Price[ {price_milli}] outside the day's limits[ {down_milli}–{up_milli}]",
    ),
    Why.PRICE_CAGE: (
        "委托价[ {price_milli}]超出价格笼子[ {edge_milli}]",
        "Price[ {price_milli}] outside the price cage[ {edge_milli}]",
    ),
    Why.BAD_LOT: ("数量[ {volume}]不是整手[ {lot}]", "Volume[ {volume}] is not a whole lot[ of {lot}]"),
    Why.BAD_TICK: (
        "价格[ {price_milli}]不合最小变动[ {tick_milli}]",
        "Price[ {price_milli}] is off the tick[ {tick_milli}]",
    ),
    Why.SELL_ROOM: ("可卖不足[：要 {want}，可卖 {room}]", "Not enough to sell[: wants {want}, has {room}]"),
    Why.TOO_MANY_LIVE: ("挂单数[ {live}]已到上限[ {cap}]", "Too many live orders[: {live}][ of {cap}]"),
    Why.RATE_SECOND: (
        "每秒委托与撤单[ {sent}]到上限[ {cap}]，这一笔没有发出，还需要时稍后再发",
        "Orders and cancels per second[ {sent}] at the cap[ {cap}], this one did not leave and is tried again while wanted",
    ),
    Why.RATE_MINUTE: (
        "每分钟委托与撤单[ {sent}]到上限[ {cap}]，这一笔没有发出，还需要时稍后再发",
        "Orders and cancels per minute[ {sent}] at the cap[ {cap}], this one did not leave and is tried again while wanted",
    ),
    Why.DAY_MESSAGES: ("今日委托与撤单[ {sent}]到上限[ {cap}]", "Today's messages[ {sent}] at the cap[ {cap}]"),
    Why.DUPLICATE_ORDER: (
        "该档已有委托[ {price_milli}][ {volume}]，不重复",
        "This level already has an order[ at {price_milli}][ for {volume}]",
    ),
    Why.SELF_TRADE: (
        "会与自己的委托[ {price_milli}]成交，已拦下",
        "Would trade with an own order[ at {price_milli}], blocked",
    ),
    Why.REPEATED_EXECUTION: (
        "短时间内重复成交[ {fills} 次][，上限 {cap}]，已暂停",
        "Repeated executions[: {fills}][, cap {cap}] in a short time, paused",
    ),
    Why.LOSS_REDUCE: (
        "今日亏损[ {loss_milli}]到上限[ {cap_bp}]，只减不增[，撤掉 {orders} 笔买单]",
        "Today's loss[ {loss_milli}] at the limit[ {cap_bp}], reducing only[, {orders} buys cancelled]",
    ),
    Why.LOSS_KILL: (
        "今日亏损[ {loss_milli}]到停止线[ {cap_bp}]，已全部停止",
        "Today's loss[ {loss_milli}] at the stop line[ {cap_bp}], all stopped",
    ),
    Why.CHECK_FAILED: (
        "检查出错[（{check}）]，按不通过处理[：{error}]",
        "A check failed[ ({check})], treated as a no[: {error}]",
    ),
    Why.SYMBOL_MESSAGES: (
        "该代码今日委托与撤单[ {sent}]到上限[ {cap}]，今天不再发",
        "This code's messages today[ {sent}] at the cap[ {cap}], no more today",
    ),
    Why.DAY_MESSAGES_NEAR: (
        "今日委托与撤单已[ {sent}]笔[，上限 {cap}]",
        "Messages today[: {sent}][, cap {cap}]",
    ),
    Why.CANCEL_RATIO: (
        "今日撤单偏多[：{orders} 笔委托撤了 {cancels} 笔][，占 {ratio_bp}]",
        "Many cancels today[: {cancels} of {orders} orders][, {ratio_bp}]",
    ),
    Why.CANCEL_STUCK: (
        "[{price_milli} ]撤单[ {count} 次]没有回应，放慢重试，到券商终端看一下[（{ref}）]",
        "[{price_milli} ]cancel unanswered[ {count} times], retrying slowly, look at the broker's terminal[ ({ref})]",
    ),
    Why.ROUND_TRIPS: (
        "今日往返成交[ {count} 次]超过上限[ {cap}]，该代码已暂停，等人工确认",
        "Round trips today[: {count}] over the cap[ {cap}], this code is paused until you confirm",
    ),
    Why.REJECT_STORM: (
        "[{wait_ms} 内]被柜台拒绝[ {count} 次]，已全部暂停，等人工确认",
        "Rejected by the counter[ {count} times][ within {wait_ms}], all paused until you confirm",
    ),
    Why.CLOCK_JUMPED: (
        "电脑休眠或时钟跳变[ {gap_ms}]，新委托已拦下，重新核对账户",
        "The computer slept or its clock jumped[ by {gap_ms}], new orders blocked, reconciling",
    ),
    Why.JOURNAL_FAILED: (
        "日志写不进磁盘[（{error}）][，{path} 所在的盘只剩 {free}，至少要 {need}]，不发委托；腾出空间后交易进程自己重启",
        "The journal cannot be written[ ({error})][, the disk of {path} has {free} left, {need} are needed], no orders; free disk space, the trader then restarts by itself",
    ),
    Why.RELEASED: ("人工确认，恢复发委托", "Confirmed by you, orders may leave again"),
    # rows of the ladder
    Why.ARMED_BUY: ("待命 买[ {volume}]", "Armed, not on the book: buy[ {volume}]"),
    Why.ARMED_SELL: ("待命 卖[ {volume}]", "Armed, not on the book: sell[ {volume}]"),
    Why.NOTHING_HELD: ("无持有可卖", "Nothing held to sell"),
    Why.GAP_FULL: ("该格已满，不再买", "Gap is full, no more buying"),
    Why.SLEEPING: ("超出区间，休眠", "Out of range, asleep"),
    Why.SELL_ONLY: ("只卖不买", "Sell only"),
    Why.LOWER_STOP: (
        "[现价 {last_milli} ]已破下限[ {price_milli}]，只卖本网格持有",
        "[At {last_milli} ]below the lower stop[ {price_milli}], selling the grid's own",
    ),
    Why.STOP_FIRED: (
        "跌破过下限[ {price_milli}]：本网格没有持有了，也不再买；要继续，停止后重新启动",
        "Was below the lower stop[ {price_milli}]: the grid holds nothing and buys nothing more; to go on, stop it and start it again",
    ),
    Why.STASH: ("积存[ {volume}]，凑满一手[ {lot}]再卖", "Stash[ of {volume}], offered when it makes a lot[ of {lot}]"),
    Why.T_PLUS_ONE: (
        "今日买入[ {volume}][ {bought_today}] T+1，不卖[，可卖 {can_use}]",
        "Bought today[: {volume}][: {bought_today}], cannot be sold[, {can_use} can]",
    ),
    Why.GAP_PAUSED: ("该格已暂停", "Gap paused"),
    Why.FIRST_BUY_PENDING: ("等首次买入成交", "Waiting for the first buy"),
    Why.AUCTION_WAIT: ("集合竞价，[{until_ms} ]后发出", "Opening auction, leaves[ at {until_ms}]"),
    Why.TRAIL_WAIT: ("等回落 / 反弹[ {trail_bp}]", "Waiting for a pull-back[ of {trail_bp}]"),
    # arming a grid
    Why.STEP_TOO_SMALL: (
        "步长[ {step_bp}][ {step_milli}]太小，要大于两倍手续费加一跳[ {need_bp}][ {need_milli}]",
        "Step[ {step_bp}][ {step_milli}] too small, must be over twice fee and tick[ {need_bp}][ {need_milli}]",
    ),
    Why.UNIT_NOT_LOT: ("每格数量[ {unit}]不是整手[ {lot}]", "Unit[ {unit}] is not a whole lot[ of {lot}]"),
    Why.BAD_SETTING: (
        "设置不可用[：{name}][：{field}][：{rule}][ {value}][ {value_milli}][ {stop_milli}][ {base_milli}][，至少 {least}][，至少 {least_milli}][，最多 {most}][，现价 {last_milli}][，昨收 {close_milli}]",
        "Setting not usable[: {name}][: {field}][: {rule}][ {value}][ {value_milli}][ {stop_milli}][ {base_milli}][, at least {least}][, at least {least_milli}][, at most {most}][, last {last_milli}][, previous close {close_milli}]",
    ),
    Why.UNKNOWN_CODE: ("不认识的代码[ {code}]", "Unknown code[ {code}]"),
    Why.ALREADY_ARMED: ("已经启动", "Already started"),
    Why.CLOSE_PUT_RIGHT: (
        "今天的昨收更正了[：{close_milli}][（网格是按 {was_milli} 算的）]；网格照原来的跑，没有重算，核对后可停止再启动",
        "Today's previous close was put right[: {close_milli}][ (the grid was made of {was_milli})]; it goes on as it was, look at it and start it again if need be",
    ),
    Why.CLOSE_GIVES_BACK: (
        "今天的昨收更正了[：{close_milli}]；这个网格还没有动过，按它重算，合启动时的设置就恢复首仓和买入",
        "Today's previous close was put right[: {close_milli}]; this grid has done nothing yet and is worked out from it, with its first buy and its buys where that fits its settings",
    ),
    Why.NO_DAY_YET: (
        "今天的行情清单还没有到，现在不能停止并卖出；网格没有动。要马上停，选停止并撤单；要卖，等清单到了再按",
        "Today's list of instruments is not here yet, so stop and sell cannot begin; nothing was changed. To stop now use stop and cancel; to sell ask again when the list is here",
    ),
    Why.NOT_A_BOND: ("不是可转债", "Not a convertible bond"),
    # the guard
    Why.NO_LIMIT: ("无涨跌停限制，不能布防", "No price limit, cannot be guarded"),
    Why.LIMIT_DISAGREES: (
        "涨停价对不上[：行情 {told_up_milli}，自算 {limit_up_milli}]，卫士停用",
        "Limit price disagrees[: feed {told_up_milli}, own {limit_up_milli}], guard off",
    ),
    Why.TICK_DISAGREES: (
        "最小变动价位对不上[：行情 {told_tick_milli}，按规则 {tick_milli}]，卫士停用",
        "Tick disagrees[: feed {told_tick_milli}, by the rules {tick_milli}], guard off",
    ),
    Why.CLOSE_DISAGREES: (
        "昨收价对不上[：今天的行情 {told_close_milli}，合约信息 {own_close_milli}]，卫士停用",
        "Previous close disagrees[: today's quotes {told_close_milli}, the detail {own_close_milli}], guard off",
    ),
    Why.NOT_READY: (
        "封单还没到过阈值[ {threshold_milli}]，R1 未生效",
        "Seal has not reached the threshold[ {threshold_milli}] yet, R1 not counting",
    ),
    Why.NOT_CONFIRMED: ("等待确认[ {have} / {need}]", "Waiting for confirmation[ {have} / {need}]"),
    Why.NOTHING_SELLABLE: ("没有可卖数量[，今日买入 {bought}]", "Nothing can be sold[, {bought} bought today]"),
    Why.BLIND: ("行情失明[ {age_ms}]，不判断", "No fresh tick[ for {age_ms}], no decision"),
    Why.AUCTION: ("集合竞价，不判断", "Call auction, no decision"),
    Why.ALREADY_TRIGGERED: ("本次布防已触发过[ {rule}]", "Already triggered[ by {rule}] in this arming"),
    Why.BOARD_RECOVERED: (
        "触发后[ {waited_ms}]没能发出卖单，现在板封着[，“{rule}”已不成立][：封单 {amount_milli}][，触发时 {was_milli}][，阈值 {threshold_milli}]；没有卖出，继续盯盘，还会再触发",
        "No sale could leave[ for {waited_ms}] after the trigger, and the board is sealed[, {rule} not met any more][: seal {amount_milli}][, {was_milli} at the trigger][, threshold {threshold_milli}]; nothing was sold, watching again",
    ),
    Why.SELL_NOT_LOT: (
        "卖出数量[ {volume}]不能单独成一笔委托：每笔至少[ {lot}][，按 {step} 递增]；改成整手，或选“全部”",
        "The volume to sell[ {volume}] is no order by itself: at least[ {lot}][, in steps of {step}]; choose whole lots, or all",
    ),
    Why.GUARD_SOLD: (
        "卫士卖过这只，或没卖完就结束了，网格只卖不买；要让网格再买，先撤防，再把它移出封板名单（Del）",
        "The guard sold this, or ended before it had; the grid only sells. To let it buy: disarm, take it off the list (Del)",
    ),
    Why.ODD_REST: (
        "还剩[ {volume}]没卖：不够一笔[（至少 {lot}）]，按规则只能和余下的持仓一次卖完；卫士到此结束，要卖就自己下单；网格当天只卖不买",
        "[{volume} ]left unsold: less than an order may carry[ ({lot} at least)], by rule only to be sold with all the rest; the guard has ended, sell by hand; a grid only sells today",
    ),
    Why.SOLD_ELSEWHERE: (
        "触发后可卖的已由网格或手工卖完[，卫士自己卖了 {volume}]；卫士到此结束，网格当天只卖不买",
        "After the trigger all was sold by the grid or by hand[, {volume} by the guard]; the guard has ended, a grid only sells today",
    ),
    Why.NOT_SEALED: ("未封板", "Not sealed"),
    Why.ASK_DECLINED: ("已选择不卖", "You chose not to sell"),
    Why.ASK_EXPIRED: ("超时未确认，不卖，只记录", "Not confirmed in time, no sale, only logged"),
    Why.RULE_AMOUNT: (
        "R1 封单[ {amount_milli}][ {seal_milli}] < 阈值[ {threshold_milli}]",
        "R1 seal[ {amount_milli}][ {seal_milli}] < threshold[ {threshold_milli}]",
    ),
    Why.RULE_DROP: (
        "R2 封单[ {window_ms} 内]下降[ {drop_bp}][，由 {peak_milli} 到 {amount_milli}]",
        "R2 seal fell[ {drop_bp}][ within {window_ms}][ from {peak_milli} to {amount_milli}]",
    ),
    Why.RULE_DECAY: (
        "R3 封单[ {amount_milli}]预计[ {eta_ms}]后归零[，阈值 {threshold_ms}]",
        "R3 seal[ {amount_milli}] projected to be gone[ in {eta_ms}][, threshold {threshold_ms}]",
    ),
    Why.RULE_CONSUMED: (
        "R4 成交[ {traded}]对排队[ {queue}]超过[ {threshold_bp}]",
        "R4 traded[ {traded}] against the queue[ {queue}] over[ {threshold_bp}]",
    ),
    Why.RULE_NET_CANCEL: (
        "R5 [{window_ms} 内]撤单[ {cancelled}][（{figure}）]对排队[ {queue}]超过[ {threshold_bp}][，Level-2 总量 {gross}]",
        "R5 cancels[ {cancelled}][ ({figure})][ in {window_ms}] against[ {queue}][ > {threshold_bp}][; Level-2 gross {gross}]",
    ),
    Why.RULE_SHARE: (
        "R6 封单[ {amount_milli}]占比过低[（< {threshold_bp}）]",
        "R6 seal[ {amount_milli}] too small a share[ (< {threshold_bp})]",
    ),
    Why.RULE_BIG_PRINT: (
        "R7 一笔大单[ {traded}]对排队[ {queue}]超过[ {threshold_bp}]",
        "R7 one print[ {traded}] against the queue[ {queue}] over[ {threshold_bp}]",
    ),
    Why.RULE_BREAKS: (
        "R8 炸板[ {breaks} 次][，阈值 {threshold} 次]",
        "R8 broken[ {breaks} times][, threshold {threshold}]",
    ),
    Why.RULE_BROKEN: (
        "R11 炸板后[ {last_milli}]低于涨停[ {limit_milli}][ {ticks} 跳]",
        "R11[ at {last_milli}] below the limit[ {limit_milli}][ by {ticks} ticks] after a seal",
    ),
    # the bond screen
    Why.NOT_LISTED: ("未上市", "Not listed"),
    Why.SIZE_UNKNOWN: ("剩余规模未知", "Remaining size unknown"),
    Why.SIZE_TOO_LARGE: ("规模[ {size_yuan}][ > {max_yuan}]", "Size[ {size_yuan}][ > {max_yuan}]"),
    Why.SIZE_ZERO: ("剩余规模为 0", "Nothing remains"),
    Why.REDEEM_ANNOUNCED: ("已公告强赎[，{day} 执行]", "Redemption announced[, on {day}]"),
    Why.REDEEM_UNKNOWN: (
        "[第 {rank} 名，]强赎状态未知[（数据 {as_of}）]",
        "[Rank {rank}, ]redemption state unknown[ (data of {as_of})]",
    ),
    Why.LAST_DAY_NEAR: (
        "最后交易日[ {day}][，距 {days} 个交易日][ ≤ {limit}]",
        "Last trading day[ {day}][, {days} trading days][ ≤ {limit}]",
    ),
    Why.NAME_DYING: ("名称显示即将退市[：{name}]", "Its name says it is leaving[: {name}]"),
    Why.PRICE_UNKNOWN: ("没有价格，无法排名", "No price, cannot be ranked"),
    Why.RANKED_OUT: (
        "排名 {rank}[：规模×价 {value}][，前 {keep}]",
        "Rank {rank}[: size × price {value}][, first {keep}]",
    ),
    Why.RANKED_IN: ("第 {rank} 名", "Rank {rank}"),
    Why.DATA_OLD: (
        "条款数据过期[（{as_of}）]，名单买入已关",
        "Terms are out of date[ ({as_of})], list-driven buying off",
    ),
    # things that happened
    Why.ARMED: (
        "已启动[，步长 {step_bp}][，每格 {unit}][，阈值 {threshold_milli}]",
        "Started[, step {step_bp}][, unit {unit}][, threshold {threshold_milli}]",
    ),
    Why.DISARMED: ("已停止[，{how}]", "Stopped[, {how}]"),
    Why.TAKEN_OFF: (
        "撤掉了委托[ {price_milli}][ {side}单][（{by}）][，{then}]",
        "Order cancelled[, {side}][ {price_milli}][ ({by})][: {then}]",
    ),
    Why.PULLED_LATE: (
        "收盘前一分钟内委托被撤，今天不再发单[；{then}]",
        "Its orders went off the book in the last minute, nothing more is sent today[; {then}]",
    ),
    Why.RESUMED: (
        "核对无误，恢复运行[：{grids} 个网格][，{guards} 只布防]",
        "Reconciled, running again[: {grids} grids][, {guards} guards]",
    ),
    Why.STARTED: ("程序启动", "Program started"),
    Why.KILL_PRESSED: (
        "全部停止[，由 {by} 触发][：{file}][，撤 {orders} 笔]",
        "Stop all[, by {by}][: {file}][, {orders} to cancel]",
    ),
    Why.KILL_LIFTED: ("全部停止已解除", "Stop all lifted"),
    Why.KILL_DONE: (
        "全部停止完成[，用时 {took_ms}][，{cancelled} 笔已撤][，{filled} 笔在撤前成交][，{refused} 笔没到柜台][，{unsure} 笔没有答复，可能还会成交，到 QMT 里看]",
        "Stop all done[ in {took_ms}][, {cancelled} cancelled][, {filled} filled before][, {refused} never arrived][, {unsure} unanswered, may still fill: look in QMT]",
    ),
    Why.ORDER_SENT: ("发出[ {side}][ {volume}][ @{price_milli}]", "Sent[ {side}][ {volume}][ @{price_milli}]"),
    Why.ORDER_UNKNOWN: (
        "[{side} ][{price_milli} ]委托回报未知，冻结该档，查询中",
        "[{side} ][{price_milli} ]order result unknown, level frozen, querying",
    ),
    Why.ORDER_REJECTED: ("柜台拒绝[：{text}]", "Rejected by the counter[: {text}]"),
    Why.ORDER_REFUSED: (
        "未发出[：{text}][，柜台查了 {looks} 次都没有]",
        "Not sent[: {text}][, not at the counter in {looks} looks]",
    ),
    Why.FILLED: ("成交[ {side}][ {volume}][ @{price_milli}]", "Filled[ {side}][ {volume}][ @{price_milli}]"),
    Why.FOREIGN_ORDER: (
        "外部委托[ {side}][ {volume}][ @{price_milli}]，不触碰",
        "Foreign order[ {side}][ {volume}][ @{price_milli}], left alone",
    ),
    Why.FOREIGN_TRADE: (
        "外部成交[ {side}][ {volume}]，盈亏为估算",
        "Foreign trade[ {side}][ {volume}], P&L is an estimate",
    ),
    Why.RECONCILED: (
        "账户核对无误[，{orders} 笔委托][，{fills} 笔成交]",
        "Account reconciled[, {orders} orders][, {fills} fills]",
    ),
    Why.DAY_ROLLED: ("新交易日[ {day}]", "New trading day[ {day}]"),
    Why.SEALED: ("封板[，封单 {seal_milli}]", "Sealed[, {seal_milli} on the bid]"),
    Why.BROKE: ("炸板[，第 {breaks} 次]", "Broke[, number {breaks}]"),
    Why.RESEALED: ("回封[，封单 {seal_milli}]", "Resealed[, {seal_milli} on the bid]"),
    Why.TRIGGERED: (
        "触发[ {rule}][，封单 {seal_milli}][ < {threshold_milli}]",
        "Triggered[ {rule}][, seal {seal_milli}][ < {threshold_milli}]",
    ),
    Why.SOLD: ("已卖出[ {volume}][ @{price_milli}]", "Sold[ {volume}][ @{price_milli}]"),
    Why.SLEEP: (
        "[{price_milli} ]超出区间[ {low_milli}–{high_milli}]，进入休眠",
        "[{price_milli} ]out of range[ {low_milli}–{high_milli}], gone to sleep",
    ),
    Why.WAKE: ("回到区间[ {price_milli}]，恢复", "Back in range[ {price_milli}], awake"),
    Why.ROLLED: ("网格平移[ {steps} 步][，新基准 {base_milli}]", "Grid moved[ {steps} steps][, new base {base_milli}]"),
    Why.BAD_MARKET_DATA: ("行情数据异常，已丢弃[：{text}]", "Bad market data dropped[: {text}]"),
    Why.CALENDAR_ENDS: (
        "交易日历到[ {day}]为止，之后按周末推算",
        "The calendar ends[ {day}], later days are guessed from weekends",
    ),
    Why.JOURNAL_SET_ASIDE: (
        "日志不能用，已另存[：{text}]；按券商账户重建，网格和卫士都已停",
        "The journal cannot be used and was set aside[: {text}]; rebuilt from the broker, nothing is armed",
    ),
    Why.TRADER_RESTARTED: ("交易进程已重启", "The trader was restarted"),
    **FOUND,
    **FILES,
    **CLEAR,
    **BROKER,
    **LIVE,
}

SHORT: dict[Why, tuple[str, str]] = {
    Why.NOT_ARMED: ("未启动", "Not started"),
    Why.MASTER_OFF: ("总开关关闭", "Master off"),
    Why.KILLED: ("已全部停止", "All stopped"),
    Why.RECONCILING: ("正在核对账户", "Reconciling"),
    Why.SUSPENDED: ("账户对不上", "Not reconciled"),
    Why.LINK_DOWN: ("交易中断", "Broker link down"),
    Why.NO_QUOTE: ("无行情", "No data"),
    Why.AWAIT_PRICE: ("等行情", "Await quote"),
    Why.QUOTE_STALE: ("行情失明[ {age_ms}]", "No data[ {age_ms}]"),
    Why.ACCOUNT_STALE: ("账户数据过期", "Account data old"),
    Why.PHASE_CLOSED: ("非交易时段", "Market closed"),
    Why.NO_CANCEL_PHASE: ("不能撤单", "No cancels now"),
    Why.EXPIRED_AT_CLOSE: ("收盘到期", "Expired"),
    Why.SIDE_FROZEN: ("回报未知，冻结该档", "Unknown, frozen"),
    Why.REJECTED_TOO_OFTEN: ("多次被拒，暂停", "Rejected, paused"),
    Why.STEP_FAILED: ("内部出错，停用", "Error, disarmed"),
    Why.WAITING_CANCEL: ("等撤单确认", "Cancel pending"),
    Why.TOO_YOUNG: ("不足 1 秒", "Under 1 s old"),
    Why.CASH_SHORT: ("资金不足", "Cash short"),
    Why.CASH_KEPT: ("资金留底", "Cash kept"),
    Why.OLD_BUY_UNLISTED: ("旧买单待认定", "Old buy: decide"),
    Why.POSITION_CAP: ("持仓上限[ {cap}]", "Position cap[ {cap}]"),
    Why.POSITION_FLOOR: ("持仓下限[ {floor}]", "Position floor[ {floor}]"),
    Why.CASH_CAP: ("资金上限[ {cap_milli}]", "Cash cap[ {cap_milli}]"),
    Why.ARMED_BUY: ("待命 买[ {volume}]", "Armed: buy[ {volume}]"),
    Why.ARMED_SELL: ("待命 卖[ {volume}]", "Armed: sell[ {volume}]"),
    Why.GAP_FULL: ("该格已满", "Gap full"),
    Why.LOWER_STOP: ("已破下限", "Below stop"),
    Why.STOP_FIRED: ("止损过，不再买", "Stopped out"),
    Why.BUYS_ENDED: ("最后交易日，不买", "Last day, no buys"),
    Why.STASH: ("积存[ {volume}]", "Stash[ {volume}]"),
    Why.T_PLUS_ONE: ("T+1", "T+1"),
    Why.OUTSIDE_LIMITS: ("涨跌停之外", "Outside limits"),
    Why.PRICE_COLLAR: ("离现价太远", "Too far off"),
    Why.PRICE_CAGE: ("超出价格笼子", "Outside the cage"),
    Why.SELL_ROOM: ("可卖不足", "Too little to sell"),
    Why.LOSS_REDUCE: ("亏损上限，只减", "Loss limit"),
    Why.SELF_TRADE: ("会自成交", "Self trade"),
    Why.BLIND: ("失明", "Blind"),
    Why.TAKEN_OFF: ("委托被撤，已停", "Cancelled, off"),
    Why.PULLED_LATE: ("被撤，今天不再发", "Off for today"),
    Why.NOTHING_SELLABLE: ("无可卖", "Nothing to sell"),
    Why.ALREADY_TRIGGERED: ("已触发", "Triggered"),
    Why.GUARD_SOLD: ("卫士卖过", "Guard sold"),
    Why.ODD_REST: ("零头卖不掉", "Odd rest"),
    Why.SOLD_ELSEWHERE: ("已被卖完", "Sold by others"),
    Why.NOT_CONFIRMED: ("确认中[ {have}/{need}]", "Confirming[ {have}/{need}]"),
    Why.NOT_READY: ("R1 未生效", "R1 not counting"),
    Why.LIMIT_DISAGREES: ("涨停价对不上", "Limit disagrees"),
    Why.TICK_DISAGREES: ("最小价位对不上", "Tick disagrees"),
    Why.CLOSE_DISAGREES: ("昨收价对不上", "Close disagrees"),
    Why.NO_LIMIT: ("无涨停价", "No limit"),
    Why.SYMBOL_MESSAGES: ("该代码委托数上限", "Message cap"),
    Why.REPEATED_EXECUTION: ("重复成交，暂停", "Repeated fills, paused"),
    Why.ROUND_TRIPS: ("往返过多，暂停", "Too many trips, paused"),
    Why.REJECT_STORM: ("多次被拒，全部暂停", "Rejected, all paused"),
    Why.CLOCK_JUMPED: ("时钟跳变", "Clock jumped"),
    Why.JOURNAL_FAILED: ("日志写不进", "Journal failed"),
    **BROKER_SHORT,
    **FILES_SHORT,
    **CLEAR_SHORT,
    **LIVE_SHORT,
}
