"""PostgreSQL and NATS of one platform: embedded, or those that the environment names."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy.credentials import passwords
from deploy.embedded.nats import NatsServer, Permissions
from deploy.embedded.postgres import SUPERUSER, PostgresServer
from deploy.embedded.processes import Child
from deploy.environment import (
    SERVICES,
    database_roles,
    database_variables,
    given_servers,
    nats_users,
    nats_variables,
)
from deploy.errors import NotRunning

CREDENTIALS_FILE = "credentials.json"
_DATABASE_KINDS = ("DATABASE", "MIGRATION")


class Servers:
    """The two servers; after `start`, `env` says how to reach them."""

    def __init__(self, data_dir: Path, *, durable: bool, permissions: Permissions | None) -> None:
        self.env: dict[str, str] = {}
        self._data_dir, self._durable = data_dir, durable
        self._permissions = permissions
        self._postgres: PostgresServer | None = None
        self._nats: NatsServer | None = None

    @property
    def postgres(self) -> PostgresServer:
        """Return the embedded PostgreSQL.

        Raises:
            NotRunning: when the environment gave another one.
        """
        if self._postgres is None:
            raise NotRunning(self._data_dir)
        return self._postgres

    @property
    def nats(self) -> NatsServer:
        """Return the embedded NATS.

        Raises:
            NotRunning: when the environment gave another one.
        """
        if self._nats is None:
            raise NotRunning(self._data_dir)
        return self._nats

    def children(self) -> dict[str, Child]:
        """Return the embedded servers' processes, in the order in which they stop."""
        children = {}
        if self._nats is not None:
            children["nats"] = self._nats.child
        if self._postgres is not None:
            children["postgres"] = self._postgres.child
        return children

    def start(self) -> None:
        """Start what the environment does not give, and fill `env`.

        Raises:
            EnvironmentIncomplete: when it gives half of what is needed.
        """
        databases_given, nats_given = given_servers(os.environ, SERVICES)
        if nats_given:
            self.env |= _given("NATS_", *(f"{service.upper()}_NATS_" for service in SERVICES))
        else:
            self._spawn_nats()
        if databases_given:
            self.env |= _given("RECONCILE_", "PLATFORM_POSTGRES_ADMIN_URL")
            self.env |= _given(*(f"{service.upper()}_{kind}_URL" for service in SERVICES for kind in _DATABASE_KINDS))
        else:
            self._start_postgres()
        if self._nats is not None:
            self._nats.await_ready()

    def _spawn_nats(self) -> None:
        permissions = _topology_permissions() if self._permissions is None else self._permissions
        known = self._passwords("nats", {*nats_users(), *permissions})
        self._nats = NatsServer(self._data_dir / "nats", permissions, known)
        self._nats.spawn()
        self.env |= nats_variables(self._nats.url, known, SERVICES)

    def _start_postgres(self) -> None:
        known = self._passwords("postgres", {SUPERUSER, *database_roles()})
        self._postgres = PostgresServer(self._data_dir / "postgres", known[SUPERUSER], durable=self._durable)
        self._postgres.start()
        self.env |= database_variables(f"127.0.0.1:{self._postgres.port}", known, SERVICES)
        self.env["PLATFORM_POSTGRES_ADMIN_URL"] = self._postgres.url()

    def _passwords(self, server: str, users: set[str]) -> dict[str, str]:
        names = {f"{server}/{user}": user for user in sorted(users)}
        known = passwords(self._data_dir / CREDENTIALS_FILE, names)
        return {user: known[name] for name, user in names.items()}


def _topology_permissions() -> Permissions:
    # Imported late: it brings the whole bus along, while the preparing process imports the same.
    from shared.bus.topology import server_permissions

    return server_permissions()


def _given(*prefixes: str) -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}
