"""The desk's side of the pipe: its picture of the trader, its wishes, its memory."""
