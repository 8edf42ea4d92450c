"""The bus: every service's relay and consumers over NATS JetStream. Nothing outside this package imports the client."""

from shared.bus.service_bus import Bus

__all__ = ["Bus"]
