"""The embedded market and its broker: seeded, on a virtual clock, offline."""
