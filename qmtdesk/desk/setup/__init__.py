"""连接 QMT: the way from the first start to a live desk, disarmed."""
