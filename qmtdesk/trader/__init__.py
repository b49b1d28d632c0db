"""The process that trades: one inbox, one writer, the journal before the gateway, the pictures for the desk."""
