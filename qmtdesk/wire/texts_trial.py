"""The trial of a first live day in words: the assumptions, what was found of each, and the head of its report."""

ASSUMPTIONS: dict[str, tuple[str, str]] = {
    "link": ("已连上 QMT，账户已核对", "Connected to QMT, account reconciled"),
    "asset": ("资产与 QMT 显示的一致", "Assets equal what QMT shows"),
    "answer": ("委托得到编号回报", "The order was answered with a number"),
    "remark": ("委托备注原样带回", "The order's remark came back whole"),
    "resting": ("远价委托挂住，不成交、不被拒", "The far order rests, neither filled nor refused"),
    "cancel": ("撤单得到确认", "The cancel was confirmed"),
    "lost": ("QMT 退出后发现断线", "The loss of QMT was noticed"),
    "back": ("QMT 重新登录后自动连上", "It reconnected after the new login"),
    "same": ("重连后委托与之前一致", "The orders were the same afterwards"),
    "units": ("至少两只转债的成交量单位已推得", "The volume unit of at least two bonds was found"),
    "auction": ("集合竞价时买一卖一为虚拟匹配价", "In a call auction bid1 and ask1 are the virtual match"),
}

VERDICTS: dict[str, tuple[str, str]] = {
    "ok": ("与预期一致", "as assumed"),
    "other": ("与预期不同", "different"),
    "none": ("没有观察到", "not observed"),
}

REPORT = "qmtdesk {version} 实盘验收报告\n账户 {account}  交易日 {day}  {at}\n代码 {code}  委托 {ref}\n"
