"""What this gateway says where a counter would have said something; shown to the user as the other side's words."""

NOT_CONNECTED = "没有连接 QMT，委托没有发出"
TOO_OLD = "等待连接时过期，委托没有发出"
DISCONNECTED = "QMT 断开了连接"
ORDER_HUNG = "委托调用没有返回，连接已放弃"
CANCEL_HUNG = "撤单调用没有返回，连接已放弃"
BAD_REF = "委托编号不适合作为备注，委托没有发出"
NO_SECTOR = "QMT 的板块“沪深转债”是空的，只列出正在关注和持有的转债"
NOT_UNDERSTOOD = "收到无法理解的回报（内容在日志里），正在重新核对"
NO_SEQUENCE = "QMT 没有给出请求号（{}），委托结果未知"
NO_NUMBER = "柜台没有给出委托号（{}），委托结果未知"
ORDER_RAISED = "委托调用出错，委托结果未知：{}"
CANCEL_NO_SEQUENCE = "QMT 没有给出请求号（{}），撤单没有发出"
CANCEL_RAISED = "撤单调用出错：{}"
NO_RETURN = "{} 等了 {:g} 秒没有返回"
NOT_OPENED = {
    "load": "加载 xtquant 失败：{}",
    "connect": "连接 QMT 失败：{}",
    "subscribe": "订阅账户失败：{}",
    "accounts": "查询账户失败：{}",
}
"""Why there is no connection, by the stage it ended at."""
QUOTES_RAISED = "行情连接出错：{}"
QUOTES_LOOK = "行情连接检查出错，稍后重试"
QUOTES_GONE = "行情服务已断开"
QUOTES_STILL = "重新订阅后 {} 个代码仍没有新行情，重新连接"
LIST_FAILED = "今天的列表没有取到：{}"
OLD_DAY = "QMT 还停在 {}，等它换日"
LIMITS_DIFFER = "涨跌停价 {}，按规则应为 {}"
TICK_DIFFERS = "最小变动价位 {:g}（PriceTick），按规则应为 {:g}"
DAY_DIFFERS = "交易日 {}（TradingDay），应为 {}"

BOND_SECTOR = "沪深转债"
"""What QMT calls its list of convertible bonds."""
