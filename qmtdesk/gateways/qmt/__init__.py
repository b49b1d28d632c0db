"""The way to a real broker: xtquant and the QMT terminal behind it."""
