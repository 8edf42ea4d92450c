"""The platform as one object, on real servers."""

import os
import pwd
import signal
import socket
import time
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest

from deploy.errors import AlreadyRunning, GatewayPortTaken, NotRunning, ServerDidNotStart
from deploy.occupancy import running_environment, supervisor_pid
from deploy.platform import Platform
from tests.deploy.conftest import tiny_platform


def _get(url: str) -> httpx.Response:
    return httpx.get(url, timeout=60.0)


def test_every_service_answers_where_the_platform_says(running: Platform) -> None:
    assert set(running.urls) == {"lending", "gateway"}
    for url in running.urls.values():
        assert _get(f"{url}/readyz").status_code == 200


def test_a_service_sees_its_own_secrets_and_nobody_elses(running: Platform) -> None:
    seen = _get(f"{running.urls['lending']}/environment").json()
    assert seen["LENDING_DATABASE_URL"] == running.env["LENDING_DATABASE_URL"]
    assert seen["REGISTRY_URL"] == running.env["REGISTRY_URL"]
    foreign = ("REGISTRY_DATABASE_URL", "LENDING_MIGRATION_URL", "NATS_PROVISION_PASSWORD", "GATEWAY_NATS_PASSWORD")
    assert not [name for name in (*foreign, "RECONCILE_LENDING_DATABASE_URL") if name in seen]
    assert not [name for name in seen if name.startswith("PLATFORM_POSTGRES_")]


async def test_chinese_text_has_trigrams(running: Platform) -> None:
    connection = await asyncpg.connect(running.servers.postgres.url())
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        assert await connection.fetchval("SELECT show_trgm('农业贷款')")
    finally:
        await connection.close()


async def test_postgres_keeps_values_out_of_its_log_and_strangers_out(running: Platform) -> None:
    connection = await asyncpg.connect(running.servers.postgres.url())
    try:
        settings = dict(await connection.fetch("SELECT name, setting FROM pg_settings"))
    finally:
        await connection.close()
    expected = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "TimeZone": "UTC",
        "log_error_verbosity": "terse",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "password_encryption": "scram-sha-256",
        "data_checksums": "on",
        "shared_preload_libraries": "pg_stat_statements",
        "server_encoding": "UTF8",
    }
    assert {name: settings[name] for name in expected} == expected
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(running.servers.postgres.url(password="wrong"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_as_root_postgres_runs_as_an_unprivileged_user_who_owns_its_data(running: Platform) -> None:
    process = psutil.Process(running.children()["postgres"].pid)
    assert process.uids().real != 0
    cluster = running.data_dir / "postgres" / "cluster"
    assert pwd.getpwuid(cluster.stat().st_uid).pw_name == process.username()
    assert cluster.stat().st_mode & 0o077 == 0


def test_secrets_are_readable_by_their_owner_only(running: Platform) -> None:
    for name in ("credentials.json", "environment.json", "nats/nats.conf"):
        assert (running.data_dir / name).stat().st_mode & 0o077 == 0


def test_a_restarted_service_keeps_its_port_and_takes_extra_variables(running: Platform) -> None:
    url = running.urls["lending"]
    before = _get(f"{url}/pid").json()
    running.restart("lending", {"FAILPOINTS": "somewhere"})
    assert _get(f"{url}/pid").json() != before
    assert _get(f"{url}/environment").json()["FAILPOINTS"] == "somewhere"
    running.restart("lending")
    assert "FAILPOINTS" not in _get(f"{url}/environment").json()


def test_a_suspended_service_can_be_woken_and_stopped(running: Platform) -> None:
    running.kill("gateway", signal.SIGSTOP)
    running.restart("gateway")
    assert _get(f"{running.urls['gateway']}/readyz").status_code == 200


def test_servers_come_back_on_the_same_ports_after_stop_and_after_kill(running: Platform) -> None:
    nats, postgres = running.servers.nats.port, running.servers.postgres.port
    running.stop_nats()
    running.start_nats()
    running.kill("nats")
    running.start_nats()
    running.kill("postgres")
    running.start_postgres()
    assert (running.servers.nats.port, running.servers.postgres.port) == (nats, postgres)
    for port in (nats, postgres):
        socket.create_connection(("127.0.0.1", port), timeout=60.0).close()


def test_a_data_folder_belongs_to_one_platform_at_a_time(running: Platform) -> None:
    assert supervisor_pid(running.data_dir) == os.getpid()
    assert running_environment(running.data_dir) == running.env
    second = tiny_platform(running.data_dir)
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        second.__enter__()
    assert _get(f"{running.urls['lending']}/readyz").status_code == 200


def test_two_platforms_run_side_by_side(running: Platform, data_dir: Path) -> None:
    with tiny_platform(data_dir, services=("gateway",)) as other:
        assert other.urls["gateway"] != running.urls["gateway"]
        assert _get(f"{other.urls['gateway']}/readyz").status_code == 200
    with pytest.raises(NotRunning):
        running_environment(data_dir)


def test_a_taken_gateway_port_is_refused_with_the_variable_to_set(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(GatewayPortTaken, match=f"GATEWAY_PORT={port + 1}"):
            tiny_platform(data_dir, gateway_port=port).__enter__()


def test_a_service_that_cannot_start_shows_the_end_of_its_log_and_nothing_stays(data_dir: Path) -> None:
    platform = tiny_platform(data_dir, applications={"gateway": "tests.deploy.tiny:broken"}, services=("gateway",))
    with pytest.raises(ServerDidNotStart, match="the settings are wrong"):
        platform.__enter__()
    assert not [name for name, child in platform.children().items() if child.is_running()]
    assert supervisor_pid(data_dir) is None


async def test_the_platform_is_an_async_context_manager_too(data_dir: Path) -> None:
    async with tiny_platform(data_dir, services=()) as platform:
        pid = platform.children()["postgres"].pid
        assert {process.pid for process in platform.processes()} >= {os.getpid(), pid}
        assert platform.memory_bytes() > 10_000_000
    assert pid is not None
    assert not psutil.pid_exists(pid)


def test_closing_during_the_start_ends_it_soon(data_dir: Path) -> None:
    platform = tiny_platform(data_dir)
    starting = platform._thread.submit(platform._start_all)
    while not platform.children():
        time.sleep(0.005)
    began = time.monotonic()
    platform.close()
    assert time.monotonic() - began < 20
    starting.exception(timeout=60)
    assert not [name for name, child in platform.children().items() if child.is_running()]


def test_servers_that_the_environment_names_are_used_instead_of_embedded_ones(
    running: Platform, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in running.env.items():
        if name.endswith(("DATABASE_URL", "MIGRATION_URL")) or "NATS" in name:
            monkeypatch.setenv(name, value)
    with tiny_platform(data_dir, services=("gateway",)) as guest:
        assert set(guest.children()) == {"gateway"}
        assert (guest.nats_url, guest.env["LENDING_NATS_USER"]) == (running.nats_url, "lending")
        seen = _get(f"{guest.urls['gateway']}/environment").json()
        assert seen["GATEWAY_DATABASE_URL"] == running.env["GATEWAY_DATABASE_URL"]
        assert "LENDING_DATABASE_URL" not in seen
        with pytest.raises(NotRunning):
            guest.stop_nats()
