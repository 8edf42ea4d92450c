"""The nats-server configuration for docker compose: the same users and rights, passwords from the environment."""

from pathlib import Path

from deploy.embedded.nats import configuration
from deploy.environment import PROVISIONER, READER, SERVICES
from shared.bus.topology import server_permissions

FILE = Path(__file__).parent / "nats.conf"
_VARIABLES = {service: f"${service.upper()}_NATS_PASSWORD" for service in SERVICES} | {
    PROVISIONER: "$NATS_PROVISION_PASSWORD",
    READER: "$NATS_READER_PASSWORD",
}
_HEADER = "# Generated from shared/bus/topology.py: python -m deploy nats-configuration\n"


def rendered() -> str:
    """Return the text of the file."""
    listen = {"listen": '"0.0.0.0:4222"', "http": '"0.0.0.0:8222"', "server_name": "compose"}
    return _HEADER + configuration(listen, "/data", server_permissions(), _VARIABLES)


def write_configuration() -> Path:
    """Write the file that docker-compose.yml mounts, and return its path."""
    FILE.write_text(rendered())
    return FILE
