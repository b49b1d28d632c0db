"""The one word that lets real money move, as the user types it."""

LIVE_WORD = "实盘"
