"""Stand-ins for the two native modules of xtquant, and the terminal behind them."""
