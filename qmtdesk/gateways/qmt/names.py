"""What this gateway says where a counter would have said something; shown to the user as the other side's words."""

NOT_CONNECTED = "没有连接 QMT，委托没有发出"
TOO_OLD = "等待连接时过期，委托没有发出"
DISCONNECTED = "QMT 断开了连接"
ORDER_HUNG = "委托调用没有返回，连接已放弃"
CANCEL_HUNG = "撤单调用没有返回，连接已放弃"
BAD_REF = "委托编号不适合作为备注，委托没有发出"
NO_SECTOR = "QMT 的板块“沪深转债”是空的，只列出正在关注和持有的转债"
NOT_UNDERSTOOD = "无法理解的回报：{}"

BOND_SECTOR = "沪深转债"
"""What QMT calls its list of convertible bonds."""
