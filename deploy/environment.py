"""The environment contract: every variable that services and tools read, and who gets which."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from deploy.errors import EnvironmentIncomplete

SERVICES = ("registry", "lending", "subsidy", "riskfund", "gateway")
PROVISIONER = "provisioner"
READER = "reader"
RECONCILER = "reconciler"

# What a service must not see: what belongs to other services, schema owners, tools.
_PRIVATE = re.compile(
    r"^(?:(?P<service>{services})_(?:DATABASE_URL|NATS_USER|NATS_PASSWORD|BOOTSTRAP_ADMIN_PASSWORD"
    r"|DOCUMENTS_S3_.*)"
    r"|(?:{services})_MIGRATION_URL|RECONCILE_.*|NATS_(?:PROVISION|READER)_.*|PLATFORM_POSTGRES_.*)$".replace(
        "{services}", "|".join(service.upper() for service in SERVICES)
    )
)


def nats_users(services: Iterable[str] = SERVICES) -> list[str]:
    """Return the NATS users that exist besides those of partners."""
    return [*services, PROVISIONER, READER]


def database_roles(services: Iterable[str] = SERVICES) -> list[str]:
    """Return the roles that log in to PostgreSQL."""
    return [role for service in services for role in (service, owner_of(service))] + [RECONCILER]


def owner_of(service: str) -> str:
    """Return the role that owns a service's schema and runs its migrations."""
    return f"{service}_owner"


def database_variables(address: str, passwords: Mapping[str, str], services: Iterable[str]) -> dict[str, str]:
    """Return the connection URLs for a server at `address` (host:port); `passwords` by role."""

    def url(role: str, database: str) -> str:
        return f"postgresql://{role}:{passwords[role]}@{address}/{database}"

    variables = {}
    for service in services:
        variables[f"{service.upper()}_DATABASE_URL"] = url(service, service)
        variables[f"{service.upper()}_MIGRATION_URL"] = url(owner_of(service), service)
        variables[f"RECONCILE_{service.upper()}_DATABASE_URL"] = url(RECONCILER, service)
    return variables


def nats_variables(url: str, passwords: Mapping[str, str], services: Iterable[str]) -> dict[str, str]:
    """Return the NATS variables; `passwords` by user."""
    variables = {"NATS_URL": url}
    for service in services:
        variables[f"{service.upper()}_NATS_USER"] = service
        variables[f"{service.upper()}_NATS_PASSWORD"] = passwords[service]
    for purpose, user in (("PROVISION", PROVISIONER), ("READER", READER)):
        variables[f"NATS_{purpose}_USER"] = user
        variables[f"NATS_{purpose}_PASSWORD"] = passwords[user]
    return variables


def service_variables(ports: Mapping[str, int]) -> dict[str, str]:
    """Return where each service listens and how its peers reach it."""
    variables = {}
    for service, port in ports.items():
        variables[f"{service.upper()}_PORT"] = str(port)
        variables[f"{service.upper()}_URL"] = f"http://127.0.0.1:{port}"
    return variables


def folder_variables(data_dir: Path) -> dict[str, str]:
    """Return where keys and files are."""
    return {
        "PLATFORM_DATA_DIR": str(data_dir),
        "PLATFORM_KEYS_DIR": str(data_dir / "keys"),
        "PLATFORM_PII_KEY_FILE": str(data_dir / "keys" / "pii.json"),
    }


def given_servers(environment: Mapping[str, str], services: Iterable[str]) -> tuple[bool, bool]:
    """Return whether PostgreSQL and NATS are given by the environment instead of embedded.

    Raises:
        EnvironmentIncomplete: when some of the variables of a server are set, but not all.
    """
    databases = _all_or_none(
        environment,
        [f"{service.upper()}_DATABASE_URL" for service in services],
        [f"{service.upper()}_MIGRATION_URL" for service in services],
    )
    nats = _all_or_none(environment, ["NATS_URL"], [])
    return databases, nats


def _all_or_none(environment: Mapping[str, str], deciding: list[str], besides: list[str]) -> bool:
    present = [name for name in deciding if environment.get(name)]
    if not present:
        return False
    missing = [name for name in (*deciding, *besides) if not environment.get(name)]
    if missing:
        raise EnvironmentIncomplete(missing)
    return True


def environment_of(service: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what one service may see: never another service's passwords, nor an owner's, nor a tool's."""
    visible = {}
    for name, value in environment.items():
        private = _PRIVATE.match(name)
        if private is None or private["service"] == service.upper():
            visible[name] = value
    return visible
