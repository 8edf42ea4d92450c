"""One PostgreSQL server as a direct child: initialised once, TCP on 127.0.0.1 only, scram passwords."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.accounts import Account, can_traverse, unprivileged_account
from deploy.embedded.binaries import PostgresPrograms, postgres_programs
from deploy.embedded.folders import make_enterable, relocated
from deploy.embedded.ports import free_port
from deploy.embedded.processes import Child, Ending, settle_leftover
from deploy.errors import OtherMajorVersion, ServerDidNotStart

SUPERUSER = "postgres"
START_SECONDS = 60.0  # recovery after a crash may replay a lot
_BUILTIN_LOCALES_SINCE = 17

# INT ends sessions and shuts down with a checkpoint, also when only the supervisor was killed; QUIT skips it.
_ENDING = Ending(signal.SIGINT, signal.SIGINT, patience_seconds=30.0, insist=signal.SIGQUIT)

# Chosen for two cores shared with five services. Names of tables, never values, may reach the log: terse messages
# and no parameters, because values are personal data.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_preload_libraries": "pg_stat_statements",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "wal_buffers": "16MB",  # what is set by itself is 4MB, and an import writes 9MB in one transaction
    "effective_cache_size": "768MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "1",
    "autovacuum_naptime": "15s",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_lock_waits": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Every commit is still handed to the system before it is answered: what was said to be done outlives a killed server.
_NOT_DURABLE = {
    "fsync": "off",
    "full_page_writes": "off",
    "min_wal_size": "80MB",
    "max_wal_size": "256MB",  # its folder may be in memory
    "scram_iterations": "1",  # every test connects a few times
}


class PostgresServer:
    """A PostgreSQL server on one data folder.

    `durable=False` trades crash safety of the machine (not of the process) for speed: tests only, never an install.
    `settings` stand above those of every server.
    """

    def __init__(
        self,
        data_dir: Path,
        password: str,
        *,
        port: int | None = None,
        durable: bool = True,
        log: Path | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.durable = durable
        self._settings = dict(settings or {})
        self.port = port or free_port()
        self._password = password
        self._data_dir = data_dir.resolve()
        self._log = log or self._data_dir.parent / "logs" / "postgres.log"
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """Return the server process, started or not."""
        if self._child is None:
            self._child = self._new_child()
        return self._child

    def url(self, role: str = SUPERUSER, password: str | None = None, database: str = "postgres") -> str:
        """Return a connection URL for one role and database; by default the superuser's."""
        return f"postgresql://{role}:{password or self._password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server, initialising the data folder the first time; return when it accepts connections.

        Raises:
            OtherMajorVersion: when the data belong to another major version.
            ServerDidNotStart: with the end of its log.
        """
        child = self.child
        self._initialise_once()
        self._ensure_same_version()
        settle_leftover("postgres", self._cluster / "postmaster.pid", str(self._cluster), signal.SIGINT)
        child.start()
        child.await_ready(self._accepts_connections, START_SECONDS)

    def stop(self) -> None:
        """Shut down in order; data are kept."""
        if self._child is not None:
            self._child.stop()

    def _new_child(self) -> Child:
        self._account = unprivileged_account(os.environ.get("PLATFORM_POSTGRES_USER"))
        self._programs = postgres_programs(self._account, os.environ.get("PLATFORM_POSTGRES_BIN"))
        self._home = _home(self._data_dir, self._account)
        self._cluster = self._home / "cluster"
        settings = {**SETTINGS, "port": str(self.port), **({} if self.durable else _NOT_DURABLE), **self._settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Child(
            "postgres",
            [self._programs.path("postgres"), "-D", str(self._cluster), *options],
            log=self._log,
            ending=_ENDING,
            env=_bare_environment(),
            cwd=self._home,
            account=self._account,
        )

    def _initialise_once(self) -> None:
        if self._cluster.exists():
            return
        unfinished = self._home / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self._home / "password"
        password_file.touch(mode=0o600)
        _give(password_file, self._account)
        password_file.write_text(self._password)
        try:
            self._run_initdb(unfinished, password_file)
        finally:
            password_file.unlink()
        unfinished.rename(self._cluster)

    def _run_initdb(self, target: Path, password_file: Path) -> None:
        account = self._account
        options = [*_initdb_options(self._programs), f"--pwfile={password_file}"]
        if not self.durable:
            options += ["--no-sync", "--set=scram_iterations=1"]
        done = subprocess.run(
            [self._programs.path("initdb"), "-D", str(target), *options],
            cwd=self._home,
            env=_bare_environment(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise ServerDidNotStart("initdb", f"it ended with code {done.returncode}", done.stdout + done.stderr)

    def _ensure_same_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != self._programs.major:
            raise OtherMajorVersion(self._cluster, found, self._programs.major)

    def _accepts_connections(self) -> bool:
        try:
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready"


def _initdb_options(programs: PostgresPrograms) -> list[str]:
    options = [
        f"--username={SUPERUSER}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        # With locale C, trigram search finds nothing in Chinese names.
        "--locale=C.UTF-8",
    ]
    if int(programs.major) >= _BUILTIN_LOCALES_SINCE:
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return options


def _home(data_dir: Path, account: Account | None) -> Path:
    """Return the folder that belongs to the server's user: `data_dir`, or its stand-in when that is out of reach."""
    make_enterable(data_dir.parent)
    place = data_dir
    if not can_traverse(account, data_dir.parent):
        place = relocated(data_dir) / "postgres"
        if not place.exists():
            print(f"PostgreSQL's user cannot enter {data_dir.parent}; its data are in {place}", file=sys.stderr)
    if not place.exists():
        place.mkdir(mode=0o700)
        _give(place, account)
    return place


def _give(path: Path, account: Account | None) -> None:
    if account is not None:
        os.chown(path, account.uid, account.gid)


def _bare_environment() -> dict[str, str]:
    """Return an environment without PG* variables, which would change what the programs do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
