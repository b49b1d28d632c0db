"""What the market is: money, instruments and their rules, quotes, orders, and the messages about them."""
