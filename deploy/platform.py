"""The whole platform as one object: `with Platform(data_dir) as platform: platform.urls["gateway"]`."""

import asyncio
import json
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeVar

import psutil

from deploy.credentials import passwords, write_private
from deploy.embedded.folders import make_enterable
from deploy.embedded.nats import Permissions
from deploy.embedded.ports import free_port, is_free
from deploy.embedded.processes import Child, memory_bytes
from deploy.environment import SERVICES, folder_variables, service_variables
from deploy.errors import GatewayPortTaken, NotRunning
from deploy.occupancy import ENVIRONMENT_FILE, hold, running_environment
from deploy.preparation import finish_preparation, preparation_child
from deploy.servers import Servers
from deploy.services import await_service, service_child
from deploy.tokens import ACCOUNTS_FILE, FIRST_ACCOUNT

_FINAL_SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)

T = TypeVar("T")


class Platform:
    """PostgreSQL, NATS and the services on one data folder, as children of this process.

    Use it as a `with` or `async with` block. Leaving the block stops everything in order; if this process is killed,
    the kernel ends the children. With `*_DATABASE_URL` or `NATS_URL` in the environment those servers are used
    instead of embedded ones. `durable=False` is for tests. `services=()` starts the servers only.

    Methods may be called from any thread; they block, so coroutines wrap them in `asyncio.to_thread`.
    """

    def __init__(
        self,
        data_dir: Path | str,
        *,
        gateway_port: int | None = None,
        durable: bool = True,
        services: Sequence[str] = SERVICES,
        extra_env: Mapping[str, str] | None = None,
        applications: Mapping[str, str] | None = None,
        permissions: Permissions | None = None,
        prepare: bool = True,
    ) -> None:
        """Remember what to run.

        Args:
            gateway_port: where the gateway listens; None takes any free port.
            extra_env: variables for every service, such as FAILPOINTS or LOG_LEVEL; "{service}" in a value stands for
                the service's name.
            applications: "module:factory" of services that run something else than `services.<name>.main:create_app`.
            permissions: NATS rights by user; None takes those of the event topology.
            prepare: whether to create databases, migrate and provision before the services start.
        """
        self.data_dir = Path(data_dir).resolve()
        self.services = tuple(services)
        self.extra_env = dict(extra_env or {})
        self.env: dict[str, str] = {}
        self.servers = Servers(self.data_dir, durable=durable, permissions=permissions)
        self._children: dict[str, Child] = {}
        self._applications = dict(applications or {})
        self._prepare, self._gateway_port = prepare, gateway_port
        self._lock: IO[str] | None = None
        self._stopping = threading.Event()
        self._closed = False
        # Children live as long as the thread that started them, so one thread of ours starts them all.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="supervisor")

    # What is running

    @property
    def urls(self) -> dict[str, str]:
        """Return the base URL of each service."""
        return {service: self.env[f"{service.upper()}_URL"] for service in self.services}

    @property
    def nats_url(self) -> str:
        """Return the NATS client URL, without credentials."""
        return self.env["NATS_URL"]

    def children(self) -> dict[str, Child]:
        """Return the supervised processes by name: 'postgres', 'nats' and the services."""
        return self._children | self.servers.children()

    def processes(self) -> list[psutil.Process]:
        """Return this process and everything that runs below it, PostgreSQL's backends included."""
        own = psutil.Process()
        return [own, *own.children(recursive=True)]

    def memory_bytes(self) -> int:
        """Return the memory of all processes together; pages they share are counted once."""
        return memory_bytes(self.processes())

    # Start and stop

    def __enter__(self) -> Self:
        try:
            self._supervised(self._start_all)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Stop services, NATS and PostgreSQL, in this order; safe to call again, also during the start."""
        if self._closed:
            return
        self._closed = True
        self._stopping.set()  # a start in progress ends at its next step
        for child in list(self._children.values()):
            child.ask_to_stop()
        self._supervised(self._stop_all)
        self._thread.shutdown()

    def start(self, service: str, extra_env: Mapping[str, str] | None = None) -> None:
        """Start one stopped service and wait until it is ready; `extra_env` holds for this start only."""
        self._supervised(lambda: self._start_services([service], extra_env or {}))

    def stop(self, service: str) -> None:
        """Stop one service in order (SIGTERM, drain)."""
        self._children[service].stop()

    def restart(self, service: str, extra_env: Mapping[str, str] | None = None) -> None:
        """Stop one service in order, start it on the same port, wait until it is ready."""
        self.stop(service)
        self.start(service, extra_env)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a service, 'nats' or 'postgres'; return after the end if the signal ends it."""
        child = self.children()[name]
        child.signal(number)
        if number in _FINAL_SIGNALS:
            child.finish()

    def start_nats(self) -> None:
        """Start the embedded NATS again, on the same port and streams."""
        self._supervised(self.servers.nats.start)

    def stop_nats(self) -> None:
        """Stop the embedded NATS in order."""
        self.servers.nats.stop()

    def start_postgres(self) -> None:
        """Start the embedded PostgreSQL again, on the same port and data."""
        self._supervised(self.servers.postgres.start)

    def stop_postgres(self) -> None:
        """Stop the embedded PostgreSQL in order."""
        self.servers.postgres.stop()

    def fallen(self) -> list[str]:
        """Return the names of the servers, then of the services, that have ended."""
        children = self.servers.children() | self._children
        return [name for name, child in children.items() if not child.is_running()]

    def revive(self, name: str) -> None:
        """Start a server or service that has ended; a server is ready on return, a service is not waited for.

        Raises:
            ServerDidNotStart, NotRunning: by name; everything else stays as it is.
        """
        if name == "postgres":
            self.start_postgres()
        elif name == "nats":
            self.start_nats()
        else:
            self._supervised(lambda: self._spawn(name, {}))

    # The steps, on the supervising thread

    def _supervised(self, step: Callable[[], T]) -> T:
        return self._thread.submit(step).result()

    def _start_all(self) -> None:
        make_enterable(self.data_dir)
        self._lock = hold(self.data_dir)
        (self.data_dir / ENVIRONMENT_FILE).unlink(missing_ok=True)
        ports = self._ports()
        preparation = preparation_child(self.data_dir)
        if self._prepare:
            self._children[preparation.name] = preparation
            preparation.start()
        self.servers.start()
        self.env = folder_variables(self.data_dir) | service_variables(ports) | self.servers.env
        first = passwords(self.data_dir / ACCOUNTS_FILE, [FIRST_ACCOUNT])[FIRST_ACCOUNT]
        self.env["GATEWAY_BOOTSTRAP_ADMIN_PASSWORD"] = first  # used once, while there is no account at all
        self.env["LOG_LEVEL"] = os.environ.get("LOG_LEVEL", "INFO")
        self.env["DAYS_EVERY_SECONDS"] = os.environ.get("DAYS_EVERY_SECONDS", "0")
        write_private(self.data_dir / ENVIRONMENT_FILE, json.dumps(self.env, indent=2) + "\n")
        if self._prepare:
            finish_preparation(preparation, self.env)
            del self._children[preparation.name]
        self._start_services(self.services, {})

    def _ports(self) -> dict[str, int]:
        ports: dict[str, int] = {}
        for service in SERVICES:
            ports[service] = free_port(set(ports.values()))
        if self._gateway_port is not None and "gateway" in self.services:
            if not is_free(self._gateway_port):
                raise GatewayPortTaken(self._gateway_port)
            ports["gateway"] = self._gateway_port
        return ports

    def _start_services(self, services: Sequence[str], extra_env: Mapping[str, str]) -> None:
        for service in services:
            self._spawn(service, extra_env)
        for service in services:
            await_service(self._children[service], int(self.env[f"{service.upper()}_PORT"]))

    def _spawn(self, service: str, extra_env: Mapping[str, str]) -> None:
        if self._stopping.is_set():
            raise NotRunning(self.data_dir)
        child = service_child(
            service,
            self._applications.get(service),
            self.env,
            self.data_dir / "logs" / f"{service}.log",
            {name: value.replace("{service}", service) for name, value in {**self.extra_env, **extra_env}.items()},
        )
        self._children[service] = child
        child.start()

    def _stop_all(self) -> None:
        for child in self._children.values():
            child.ask_to_stop()
        for child in self._children.values():
            child.finish()
        for server in self.servers.children().values():
            server.stop()
        if self._lock is not None:
            (self.data_dir / ENVIRONMENT_FILE).unlink(missing_ok=True)
            self._lock.close()
            self._lock = None


__all__ = ["Platform", "running_environment"]
