"""Chinese words of the paper market: invented companies and the counter's sentences."""

UNDERLYINGS = (
    "澜谷化工", "砚岭机电", "棠浦纸业", "霁川环材", "槐序食品", "沅舟物流", "栖梧家居", "蘅芷药材",
    "汐岸电缆", "翎野纺织", "璞岩建材", "朔桐农机", "筠溪水务", "琅坪钢构", "汀禾种植", "珩远传动",
    "苇航船配", "樾邻商管", "缃原包装", "岱屿轴承", "曜衡芯材", "祁漠光电", "锵越激光", "迦蓝软控",
    "霖昶数据", "芮泽医械", "穹砺传感", "翊澄电源", "沣野新材", "琢一仪表",
)  # fmt: skip
WATCHED = (
    "赤霄重工", "云箬能源", "鹭洲港机", "凌岸航材", "柘城电气", "沧浔海工", "乌椿矿机", "绛珠酒业",
    "玄圃文旅", "青骓汽配", "白榆医药", "金蕤首饰", "银汀造船", "碧涔水泥", "紫垣通信", "丹陛影业",
    "秋蓼服饰", "冬青甸业", "ST暮岭", "初砚科创",
)  # fmt: skip
BOND_SUFFIX = "转债"
DYING_BOND = "Z{}转"
FIRST_DAY = "N{}"
LATER_DAYS = "C{}"

NO_VOLUME = "[COUNTER][251005][证券可用数量不足]"
NO_CASH = "[COUNTER][260200][可用资金不足，尚需{}元]"
BAD_LOT = "[COUNTER][251021][委托数量不合法，应为{}的整数倍]"
TOO_LARGE = "[COUNTER][251022][委托数量超过单笔上限{}]"
BAD_TICK = "[COUNTER][251019][委托价格不合法，最小变动价位{}元]"
OUTSIDE_LIMITS = "[COUNTER][251018][委托价格超过涨跌幅限制，有效范围{}至{}元]"
OUTSIDE_CAGE = "[COUNTER][251047][委托价格超出有效申报价格范围，界限{}元]"
CLOSED = "[COUNTER][251010][当前时间不允许此类委托]"
UNKNOWN_CODE = "[COUNTER][251001][证券代码不存在]"
NO_CANCEL = "[COUNTER][251032][当前时段不允许撤单]"
NOTHING_TO_CANCEL = "[COUNTER][251031][委托已完成，不能撤单]"
NO_SUCH_ORDER = "[COUNTER][251030][无此委托]"
SUSPENDED = "[COUNTER][251012][证券停牌或暂不交易]"
STOPPED = "模拟盘出错，已停止：{}"
NOT_SAVED = "模拟盘存不了盘，先停下：{}"
NO_ANSWER = "[COUNTER][000003][请求超时，委托结果未知]"
