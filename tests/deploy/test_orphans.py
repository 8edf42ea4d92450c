"""However the supervisor ends, nothing of it stays, and the next start finds the data."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import psutil
import pytest

from deploy.embedded.folders import ROOT
from tests.deploy.conftest import tiny_platform

GONE_SECONDS = 90.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="death signals are Linux's")


def _supervised(data_dir: Path) -> tuple[subprocess.Popen[str], list[int]]:
    argv = [sys.executable, "-m", "tests.deploy.supervised", str(data_dir)]
    process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pids: list[int] = json.loads(process.stdout.readline())
    assert len(pids) > 8  # the supervisor, two services, nats-server, PostgreSQL and its workers
    return process, pids


def _is_alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _assert_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + GONE_SECONDS
    while alive := [pid for pid in pids if _is_alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {alive}"
        time.sleep(0.02)


@pytest.mark.chaos
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_nothing_outlives_the_supervisor(data_dir: Path, number: signal.Signals) -> None:
    process, pids = _supervised(data_dir)
    with process:
        process.send_signal(number)
        process.wait(GONE_SECONDS)
        _assert_gone(pids)
    assert not any(_is_alive(pid) for pid in pids)


@pytest.mark.chaos
async def test_the_next_start_after_a_kill_finds_the_data(data_dir: Path) -> None:
    with tiny_platform(data_dir, services=()) as platform:
        connection = await asyncpg.connect(platform.servers.postgres.url())
        await connection.execute("CREATE TABLE kept (amount numeric(18, 2)); INSERT INTO kept VALUES (50000.00)")
        await connection.close()
    process, _ = _supervised(data_dir)
    with process:
        process.kill()
    with tiny_platform(data_dir, services=()) as platform:  # at once, while the old servers may still be ending
        connection = await asyncpg.connect(platform.servers.postgres.url())
        assert str(await connection.fetchval("SELECT amount FROM kept")) == "50000.00"
        await connection.close()


def test_a_pid_file_whose_number_belongs_to_a_stranger_does_not_hinder_the_start(data_dir: Path) -> None:
    with tiny_platform(data_dir, services=()):
        pass
    (data_dir / "postgres" / "cluster" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (data_dir / "nats" / "nats.pid").write_text(f"{os.getpid()}\n")
    with tiny_platform(data_dir, services=()) as platform:
        running = {name: child.is_running() for name, child in platform.children().items()}
        assert running == {"nats": True, "postgres": True}
