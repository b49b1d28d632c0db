"""The limit-up watchlist, the seal chart and the confirm-sell card."""
