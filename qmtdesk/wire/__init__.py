"""What trader and desk say to each other, and the pipe they say it through."""
