"""The environment file for docker compose: the contract of .env.example with new passwords and container names."""

import secrets
from pathlib import Path

from deploy.credentials import PASSWORD_BYTES, write_private
from deploy.embedded.postgres import SUPERUSER
from deploy.environment import (
    SERVICES,
    database_roles,
    database_variables,
    nats_users,
    nats_variables,
)

FILE = Path(__file__).parent / ".env"


def variables() -> dict[str, str]:
    """Return every variable that docker-compose.yml asks for, with newly generated passwords."""
    roles = {name: _password() for name in (SUPERUSER, *database_roles())}
    users = {name: _password() for name in nats_users()}
    admin = roles[SUPERUSER]
    return {
        "POSTGRES_PASSWORD": admin,
        "PLATFORM_POSTGRES_ADMIN_URL": f"postgresql://{SUPERUSER}:{admin}@postgres:5432/postgres",
        **database_variables("postgres:5432", roles, SERVICES),
        **nats_variables("nats://nats:4222", users, SERVICES),
    }


def write_environment() -> str:
    """Write the file unless it exists; its passwords belong to the volumes of the first start."""
    if FILE.exists():
        return f"{FILE} exists and is kept"
    write_private(FILE, "".join(f"{name}={value}\n" for name, value in variables().items()))
    return f"wrote {FILE}"


def _password() -> str:
    # nats-server reads a value that begins with a digit as a number, also from its environment.
    return "p" + secrets.token_urlsafe(PASSWORD_BYTES)
