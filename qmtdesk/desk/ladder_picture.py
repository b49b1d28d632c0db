"""The ladder as a picture: keeps the levels in view, moves the last price through them, paints what changed."""
