"""The markets and brokers the engine can be connected to."""
