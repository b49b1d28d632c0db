"""The window around the panels, and the desk as a process."""
