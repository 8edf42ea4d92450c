"""nats-server with JetStream as a child process, and its configuration with one user per service."""

import os
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.embedded.binaries import nats_server_program
from deploy.embedded.folders import ROOT
from deploy.embedded.ports import answers_ok, free_port
from deploy.embedded.processes import Child, Ending, settle_leftover

START_SECONDS = 60.0
HEALTH_SECONDS = 2.0
MAX_STORE_BYTES = 20 * 1024**3
MEMORY_AIM = "64MiB"  # the collector works harder above this; one county needs little
MAX_MEMORY_STORE_BYTES = 64 * 1024**2  # every stream is on disk

# By user: the subjects that it may `publish` to and `subscribe` to.
Permissions = Mapping[str, Mapping[str, Sequence[str]]]

_ENDING = Ending(signal.SIGTERM, signal.SIGTERM, patience_seconds=15.0)


class NatsServer:
    """A nats-server on one store folder; its users may publish and subscribe only what `permissions` says."""

    def __init__(
        self,
        data_dir: Path,
        permissions: Permissions,
        passwords: Mapping[str, str],
        *,
        port: int | None = None,
        log: Path | None = None,
    ) -> None:
        self.port = port or free_port()
        self.monitor_port = free_port({self.port})
        self._data_dir = data_dir.resolve()
        self._permissions, self._passwords = permissions, passwords
        self.child = Child(
            "nats",
            [
                nats_server_program(os.environ.get("PLATFORM_NATS_SERVER")),
                "--config",
                str(self._config_file),
            ],
            log=log or self._data_dir.parent / "logs" / "nats.log",
            ending=_ENDING,
            env={"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "GOMEMLIMIT": MEMORY_AIM},
            cwd=ROOT,
        )

    @property
    def url(self) -> str:
        """Return the client URL, without credentials."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and return when JetStream is ready."""
        self.spawn()
        self.await_ready()

    def spawn(self) -> None:
        """Write the configuration and start the process without waiting."""
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        settle_leftover("nats", self._pid_file, str(self._config_file), signal.SIGTERM)
        listen = {
            "listen": f'"127.0.0.1:{self.port}"',
            "http": f'"127.0.0.1:{self.monitor_port}"',
            "pid_file": _quoted(str(self._pid_file)),
            "server_name": "embedded",
        }
        self._config_file.touch(mode=0o600)
        self._config_file.write_text(
            configuration(
                listen,
                str(self._data_dir / "store"),
                self._permissions,
                {user: _quoted(password) for user, password in self._passwords.items()},
            )
        )
        self.child.start()

    def await_ready(self) -> None:
        """Wait until JetStream answers.

        Raises:
            ServerDidNotStart: with the end of its log.
        """
        self.child.await_ready(self._is_healthy, START_SECONDS)

    def stop(self) -> None:
        """Shut down in order; streams are kept."""
        self.child.stop()

    def _is_healthy(self) -> bool:
        return answers_ok(self.monitor_port, "/healthz", HEALTH_SECONDS)

    @property
    def _config_file(self) -> Path:
        return self._data_dir / "nats.conf"

    @property
    def _pid_file(self) -> Path:
        return self._data_dir / "nats.pid"


def configuration(
    listen: Mapping[str, str],
    store_dir: str,
    permissions: Permissions,
    passwords: Mapping[str, str],
) -> str:
    """Return the text of a nats-server configuration.

    `listen` and `passwords` hold values as they stand in the file: quoted text, or a `$VARIABLE` that the server
    reads from its environment.
    """
    lines = [f"{name}: {value}" for name, value in listen.items()]
    lines += [
        "max_payload: 1MB",
        "jetstream {",
        f"  store_dir: {_quoted(store_dir)}",
        f"  max_file_store: {MAX_STORE_BYTES}",
        f"  max_memory_store: {MAX_MEMORY_STORE_BYTES}",
        "  # The default acknowledges up to two minutes before the disk has it; a power cut then loses events.",
        "  sync_interval: always",
        "}",
        "authorization {",
        "  users: [",
    ]
    for user in sorted(permissions):
        rights = permissions[user]
        lines.append(f"    {{ user: {_quoted(user)}, password: {passwords[user]}, permissions: {{")
        lines += [f"        {verb}: {_subjects(rights.get(verb, ()))}" for verb in ("publish", "subscribe")]
        lines.append("    } }")
    return "\n".join([*lines, "  ]", "}", ""])


def _subjects(subjects: Sequence[str]) -> str:
    if not subjects:  # an empty allow list would allow everything
        return '{ deny: [">"] }'
    return "{ allow: [" + ", ".join(_quoted(subject) for subject in subjects) + "] }"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
