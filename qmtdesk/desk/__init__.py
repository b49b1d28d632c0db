"""The window: it shows what the trader says and sends what the user wants."""
