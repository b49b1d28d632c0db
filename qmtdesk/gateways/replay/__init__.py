"""Recorded markets: readers of tick and bar files that refuse what they do not understand."""
