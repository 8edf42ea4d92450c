"""What can keep the platform from starting; each says what to do next."""

from pathlib import Path


class PlatformError(Exception):
    """The platform cannot be started or used as asked."""

    code = "platform-error"


class BinariesNotFound(PlatformError):
    """A server's program is neither installed with the project nor on this machine."""

    code = "binaries-not-found"


class AccountNotFound(PlatformError):
    """Started as root, and the user that PostgreSQL should run as does not exist."""

    code = "account-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"User {name!r} does not exist. Set PLATFORM_POSTGRES_USER to an existing unprivileged user.")


class StateFolderNotOurs(PlatformError):
    """The folder outside the checkout exists but belongs to somebody else."""

    code = "state-folder-not-ours"

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} exists but is not a folder of this user. Remove it, or move the checkout.")


class OtherMajorVersion(PlatformError):
    """The data folder was written by another major version of PostgreSQL."""

    code = "other-major-version"

    def __init__(self, folder: Path, found: str, needed: str) -> None:
        super().__init__(
            f"{folder} holds data of PostgreSQL {found}, the program is version {needed}. Dump it with version "
            f"{found} (pg_dumpall) and restore it into a new data folder (docs/operations.md), or remove the folder "
            "(make clean)."
        )


class ServerDidNotStart(PlatformError):
    """A child process ended or stayed silent while it was starting."""

    code = "server-did-not-start"

    def __init__(self, name: str, reason: str, log_tail: str) -> None:
        super().__init__(f"{name} did not start: {reason}. The end of its log:\n{log_tail}")
        self.log_tail = log_tail


class StillRunning(PlatformError):
    """A process of an earlier run still uses the data and does not end."""

    code = "still-running"

    def __init__(self, name: str, pid: int) -> None:
        super().__init__(f"{name} of an earlier run (process {pid}) is still using the data. End it: kill {pid}")


class AlreadyRunning(PlatformError):
    """Another supervisor holds this data folder."""

    code = "already-running"

    def __init__(self, data_dir: Path, pid: str) -> None:
        super().__init__(
            f"A platform (process {pid}) is already running on {data_dir}. Stop it first: make down DATA={data_dir}"
        )


class NotRunning(PlatformError):
    """No platform runs on this data folder."""

    code = "not-running"

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"No platform is running on {data_dir}. Start it: make up")


class GatewayPortTaken(PlatformError):
    """Another program listens on the gateway's port."""

    code = "gateway-port-taken"

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use by another program. Choose another: GATEWAY_PORT={port + 1} make up"
        )


class EnvironmentIncomplete(PlatformError):
    """Servers were given by environment variables, but not all that is needed."""

    code = "environment-incomplete"

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            "Your own servers are used because some of their variables are set, but these are missing: "
            f"{', '.join(missing)}. Set them (see .env.example), or unset the others to use the embedded servers."
        )


class AccountUnknown(PlatformError):
    """No password is stored for this user name."""

    code = "account-unknown"

    def __init__(self, user: str, known: list[str], accounts: Path) -> None:
        names = ", ".join(known) if known else "none; run make demo first"
        super().__init__(f"{accounts} has no account {user!r}. Known accounts: {names}")


class TokenNotIssued(PlatformError):
    """The gateway refused the log-in."""

    code = "token-not-issued"
