"""`python -m deploy`: keep the platform running, look at it, and get a token to try things."""

import os
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy import background
from deploy.compose.environment import write_environment
from deploy.environment import SERVICES
from deploy.errors import NotRunning, PlatformError
from deploy.occupancy import running_environment, supervisor_pid
from deploy.platform import Platform
from deploy.services import is_ready
from deploy.tokens import access_token
from deploy.watch import Watch

DEFAULT_GATEWAY_PORT = 8000
LOOK_SECONDS = 1.0

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__)
Data = Annotated[Path, typer.Option("--data", help="Data folder 数据目录")]
DEFAULT_DATA = Path("var/platform")


@app.command()
def up(data: Data = DEFAULT_DATA) -> None:
    """Start the platform in the background and print where it is. 启动平台"""
    if supervisor_pid(data) is None:
        background.start(data)
    _print_table(data)


@app.command()
def down(data: Data = DEFAULT_DATA) -> None:
    """Stop the platform; data are kept. 停止平台"""
    try:
        pid = background.stop(data)
    except NotRunning as idle:
        print(idle)
    else:
        print(f"stopped (process {pid}); data stay in {data}")


@app.command()
def status(data: Data = DEFAULT_DATA) -> None:
    """Show the services and whether they are ready. 查看状态"""
    if not _print_table(data):
        raise typer.Exit(1)


@app.command()
def run(data: Data = DEFAULT_DATA) -> None:
    """Run the platform in the foreground until Ctrl-C; what ends by itself is started again. 前台运行"""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: _interrupt(ended))
    gateway_port = int(os.environ.get("GATEWAY_PORT", DEFAULT_GATEWAY_PORT))
    try:
        with Platform(data, gateway_port=gateway_port) as platform:
            background.announce(data)
            print(f"ready: {platform.urls['gateway']}", flush=True)
            watch = Watch(platform, report=lambda sentence: print(sentence, flush=True))
            while not ended.wait(LOOK_SECONDS):
                watch.look()
    except KeyboardInterrupt:
        print("stopped", flush=True)
    finally:
        background.withdraw(data)


@app.command()
def migrate(
    services: Annotated[list[str] | None, typer.Argument(help="all by default")] = None, data: Data = DEFAULT_DATA
) -> None:
    """Bring databases to the newest schema: those of the running platform, of the environment, or embedded ones."""
    from deploy.prepare import migrate as migrate_databases

    chosen = tuple(services or SERVICES)
    try:
        migrate_databases({**os.environ, **running_environment(data)}, chosen)
    except NotRunning:
        with Platform(data, services=()):  # preparing includes the migrations
            print("migrated")


@app.command()
def env(data: Data = DEFAULT_DATA) -> None:
    """Print the running platform's environment, for `eval "$(python -m deploy env)"`. 打印环境变量"""
    for name, value in running_environment(data).items():
        print(f"export {name}={shlex.quote(value)}")


@app.command()
def token(user: Annotated[str, typer.Option(help="account name 账号")], data: Data = DEFAULT_DATA) -> None:
    """Print an access token of one account. 打印访问令牌"""
    print(access_token(running_environment(data)["GATEWAY_URL"], data, user))


@app.command("compose-env")
def compose_env() -> None:
    """Write the environment file of docker compose, with new passwords, unless it exists."""
    print(write_environment())


@app.command("compose-configuration")
def compose_configuration() -> None:
    """Write the server configuration that docker compose mounts, from the embedded servers' settings."""
    from deploy.compose.configuration import write_configuration

    for file in write_configuration():
        print(f"wrote {file}")


def _interrupt(ended: threading.Event) -> None:
    ended.set()
    raise KeyboardInterrupt


def _print_table(data: Path) -> bool:
    environment = running_environment(data)
    table = Table(title=f"process {supervisor_pid(data)} · data {data}")
    for heading in ("service 服务", "URL", "state 状态"):
        table.add_column(heading, no_wrap=True)
    states = {}
    for service in SERVICES:
        states[service] = is_ready(int(environment[f"{service.upper()}_PORT"]))
        table.add_row(service, environment[f"{service.upper()}_URL"], "ready" if states[service] else "not ready")
    table.add_row("nats", environment["NATS_URL"], "")
    table.add_row("api docs 接口文档", f"{environment['GATEWAY_URL']}/docs", "")
    Console().print(table)
    return all(states.values())


def main() -> None:
    """Run the command line; a refusal is one sentence, not a traceback."""
    try:
        app()
    except PlatformError as error:
        print(error, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
