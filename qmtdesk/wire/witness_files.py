"""The two files by which a self-test and the window it looks at talk: neither may know the other's room."""

SEEN = "window-seen.json"
"""What the window shows, written by its process."""
LEAVE = "window-leave"
"""Its being there asks the window to go."""
