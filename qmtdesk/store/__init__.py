"""What is kept on disk: the journal, the settings, imported lists."""
