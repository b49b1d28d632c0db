"""Every text a user reads, in Chinese and English."""
