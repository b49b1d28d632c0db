"""Makes the Windows program and its setup from locked inputs, on Linux or Windows."""
