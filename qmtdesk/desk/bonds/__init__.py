"""The bond table."""
