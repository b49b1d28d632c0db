"""qmtdesk: grids on convertible bonds and a limit-up guard, on a desk beside QMT."""

__version__ = "0.1.0"
