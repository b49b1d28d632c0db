"""The weekdays on which the exchanges stayed closed, by year."""

from datetime import date, timedelta

# holiday notices of SSE and SZSE; MMDD or MMDD-MMDD; the 2026 notice was the newest when this was written
CLOSURES: dict[int, str] = {
    2015: "0101-0102 0218-0224 0406 0501 0622 0903-0904 1001-1007",
    2016: "0101 0208-0212 0404 0502 0609-0610 0915-0916 1003-1007",
    2017: "0102 0127-0202 0403-0404 0501 0529-0530 1002-1006",
    2018: "0101 0215-0221 0405-0406 0430-0501 0618 0924 1001-1005 1231",
    2019: "0101 0204-0208 0405 0501-0503 0607 0913 1001-1007",
    2020: "0101 0124-0131 0406 0501-0505 0625-0626 1001-1008",
    2021: "0101 0211-0217 0405 0503-0505 0614 0920-0921 1001-1007",
    2022: "0103 0131-0204 0404-0405 0502-0504 0603 0912 1003-1007",
    2023: "0102 0123-0127 0405 0501-0503 0622-0623 0929-1006",
    2024: "0101 0209-0216 0404-0405 0501-0503 0610 0916-0917 1001-1007",
    2025: "0101 0128-0204 0404 0501-0505 0602 1001-1008",
    2026: "0101-0102 0216-0223 0406 0501-0505 0619 0925 1001-1007",
}


def closed_weekdays() -> frozenset[date]:
    """Every day named above; weekends inside a range are harmless, they are closed anyway."""
    return frozenset(day for year, spans in CLOSURES.items() for span in spans.split() for day in _days(year, span))


def _days(year: int, span: str) -> list[date]:
    first, _, last = span.partition("-")
    start, end = (date(year, int(text[:2]), int(text[2:])) for text in (first, last or first))
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]
