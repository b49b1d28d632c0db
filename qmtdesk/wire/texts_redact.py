"""The Chinese words beside which an account number, a password or a plain figure stands."""

ACCOUNT = "账号|帐号|账户|帐户|客户号|客户编号"
SECRET = "密码|口令|密钥|令牌|授权码"  # noqa: S105 - the words for it, not one
IS = "是|为"
COLON = "\uff1a"
MARKS = "\uff0c\u3002\uff1b\u3001\uff09\u201d"
"""What ends an address in a Chinese sentence."""
UNITS = "厘|元|亿|万元|毫秒"
UNITS_OR_NAMES = "万|分|股|张|手|秒"
"""Also how a person's name may begin."""
