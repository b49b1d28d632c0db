"""The trading core: one pure step function, the books it keeps, and the ports it talks through."""
