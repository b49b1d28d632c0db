"""What of a snapshot is a seal."""

from qmtdesk.wire.rows import QuoteRow


def sealed_amount(quote: QuoteRow, limit_up: int) -> int:
    """封单金额 of a snapshot in 厘, -1 where it is not sealed."""
    bid = quote.bids[0] if quote.bids else (0, 0)
    ask = quote.asks[0] if quote.asks else (0, 0)
    if quote.rough or not limit_up or quote.last != limit_up or bid[0] != limit_up or (ask[0] and ask[1]):
        return -1
    return bid[0] * (bid[1] // 100) * 100
