"""What a QMT's folder is usually called: brokers put their own names before it."""

WORDS = ("qmt", "迅投", "证券", "交易端", "睿智", "投研", "国金", "国信", "中信", "xt", "thinktrader")
"""Parts of a folder's name, in small letters, behind which an installation may lie."""

PARENTS = (
    "迅投",
    "Program Files",
    "Program Files (x86)",
    "QMT",
    "证券",
    "股票",
    "交易",
    "soft",
    "software",
    "软件",
    "app",
    "Apps",
)
"""Folders of a drive in which people install such programs."""
