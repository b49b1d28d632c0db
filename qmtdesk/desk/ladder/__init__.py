"""The grid ladder and the price chart on one axis."""
