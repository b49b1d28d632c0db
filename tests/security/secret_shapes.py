"""Random things nobody else may read, each in a sentence a program could say, and what must not be left of it."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LETTERS, DIGITS = string.ascii_letters, string.digits
URL_SAFE = LETTERS + DIGITS + "-_"


@dataclass(frozen=True)
class Said:
    """`text` holds `secret`; of an account number its first two and last three signs may be shown."""

    text: str
    secret: str
    account: bool

    def leaks(self, shown: str) -> bool:
        """Whether a longer piece of the secret is in there than its masked form has."""
        size = 4 if self.account and len(self.secret) < 8 else 6 if self.account else 8
        size = min(size, len(self.secret))
        return any(self.secret[n : n + size] in shown for n in range(len(self.secret) - size + 1))


def some(dice: random.Random, signs: str, least: int, most: int = 0) -> str:
    return "".join(dice.choices(signs, k=dice.randint(least, max(least, most))))


def account_number(dice: random.Random) -> str:
    number = some(dice, DIGITS, 8, 16)
    return dice.choice("AB") + number[:9] if dice.random() < 0.1 and len(number) > 8 else number


# the places an account number stands in while nobody has told the program which it is
AROUND_ACCOUNT: tuple[str, ...] = (
    "{n}",
    "account {n} is closed",
    "account number {n}",
    "资金账号{n}无创业板权限",
    "资金账号：{n}，不存在",
    "客户号是 {n}",
    "StockAccount('{n}', 'STOCK')",
    "[1,{n},2]",
    "{{'account_id': '{n}', 'cash': 1020574040}}",
    '{{"account_id":{n}}}',
    "C:\\国金QMT\\userdata_mini\\{n}\\log",
    "no such file: /data/{n}/up_queue",
    "{n}张三",
    "user{n}x",
    "{n}.0",
    "{n}:2",
    "{n}, {n}",
    "order q261121-000042 of {n} was refused",
    "<XtAccountStatus account_id={n} status=3>",
    "b'{n}'",
    "-{n}",
    "\t{n}\n",
    "(\ufeff{n})",
    "account_{n}_positions",
    "12.5|{n}|3",
)


def token(dice: random.Random) -> str:
    """What stands for itself: long, and like no word."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: some(dice, "0123456789abcdef", 32),
        lambda: some(dice, "0123456789ABCDEF", 40),
        lambda: some(dice, "0123456789abcdef", 64),
        lambda: "-".join(some(dice, "0123456789abcdef", n) for n in (8, 4, 4, 4, 12)),
        lambda: some(dice, LETTERS + DIGITS, 32, 48),
        lambda: some(dice, URL_SAFE, 40, 64),
        lambda: f"SCT{dice.randint(1000, 999_999)}T{some(dice, LETTERS + DIGITS, 24)}",
        lambda: f"ghp_{some(dice, LETTERS + DIGITS, 36)}",
        lambda: f"SEC{some(dice, '0123456789abcdef', 64)}",
    )
    return dice.choice(kinds)()


AROUND_TOKEN = ("{t}", "sent with {t}", "[{t!r}]", "Error({t!r})", "({t})", "{{'x': '{t}'}}", "b'{t}'", "/run/{t}/x")


def password(dice: random.Random) -> str:
    return some(dice, LETTERS + DIGITS + "!@#$%^*+-_./~", 8, 24)


AROUND_PASSWORD = (
    "password={p}",
    "Password: {p}",
    "{{'password': '{p}', 'host': 'smtp'}}",
    '{{"smtp_password":"{p}"}}',
    "密码：{p}",
    "授权码是{p}",
    "token={p}",
    "access_token: {p}",
    "Authorization: Bearer {p}",
    "Authorization: Basic {p}",
    "--password {p}",
    "api_key = {p}",
    "Settings(host='x', password='{p}')",
    "secret={p}; next",
    "headers {{'X-Api-Key': b'{p}'}}",
)

AROUND_ADDRESS = (
    "https://oapi.dingtalk.com/robot/send?access_token={t}",
    "POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={t} failed",
    "('https://open.feishu.cn/open-apis/bot/v2/hook/{t}', 19024)",
    "https://sctapi.ftqq.com/{t}.send。再试",
    "https://api.telegram.org/bot{t}/sendMessage",
    "smtps://me:{t}@smtp.qq.com:465",
    "wss://quotes.example:9000/{t}",
    "mysql://reader:{t}@db/quotes",
)


def unknown(dice: random.Random, count: int) -> Iterator[Said]:
    """Secrets nobody has told the program about: they are known by their shape or by what stands beside them."""
    for _ in range(count):
        kind = dice.random()
        if kind < 0.5:
            number = account_number(dice)
            yield Said(dice.choice(AROUND_ACCOUNT).format(n=number), number, account=True)
        elif kind < 0.65:
            key = token(dice)
            yield Said(dice.choice(AROUND_TOKEN).format(t=key), key, account=False)
        elif kind < 0.85:
            word = password(dice)
            yield Said(dice.choice(AROUND_PASSWORD).format(p=word), word, account=False)
        else:
            key = some(dice, URL_SAFE, 16, 64)
            yield Said(dice.choice(AROUND_ADDRESS).format(t=key), key, account=False)


def wide(number: str) -> str:
    return "".join(chr(0xFF10 + int(c)) if c.isdigit() else c for c in number)


AROUND_KNOWN: tuple[Callable[[str], str], ...] = (
    lambda n: f"amount={n}",
    lambda n: f"{n} 股",
    lambda n: f"00{n}00",
    lambda n: f"{n[:4]}-{n[4:]}",
    lambda n: f"{n[:4]} {n[4:]}",
    lambda n: f"x{n}",
    lambda n: f"价 {n}.125",
    lambda n: f"q261121-{n}",
)


def known_account(dice: random.Random) -> tuple[str, Said]:
    """An account the program was told of, in a place where its shape alone would not give it away."""
    number = some(dice, DIGITS, 6, 14)
    text = dice.choice(AROUND_KNOWN)(number)
    return number, Said(text, number, account=True)


def known_secret(dice: random.Random) -> tuple[str, Said]:
    """A secret the program was told of: any signs, plainly or as texts are written in texts."""
    secret = some(dice, string.printable[:94] + "密码口令é", 8, 40)
    forms: tuple[Callable[[str], str], ...] = (
        lambda s: f"sent {s} there",
        repr,
        lambda s: str({"x": s}),
        lambda s: str(KeyError(s)),
    )
    return secret, Said(dice.choice(forms)(secret), secret, account=False)
