"""What ends by itself is started again, each on its own, on real servers."""

import signal
import socket
import time
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest

from deploy import watch
from deploy.platform import Platform
from deploy.services import is_ready
from deploy.watch import Watch

UNTIL_SECONDS = 120.0


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + UNTIL_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(platform: Platform, service: str) -> bool:
    """Return whether a service of the platform is ready."""
    return is_ready(int(platform.env[f"{service.upper()}_PORT"]))


@pytest.fixture
def sentences() -> list[str]:
    return []


@pytest.fixture
def looking(running: Platform, sentences: list[str]) -> Watch:
    return Watch(running, sentences.append)


def test_a_killed_service_is_gone_at_once_and_started_again(
    running: Platform, looking: Watch, sentences: list[str]
) -> None:
    running.kill("gateway")
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{running.urls['gateway']}/readyz", timeout=5.0)
    assert looking.look() == ["gateway"]
    until(lambda: answers(running, "gateway"))
    assert looking.look() == []
    assert sentences == ["ended by themselves and were started again: gateway"]


@pytest.mark.chaos
def test_servers_are_started_before_services(running: Platform, looking: Watch) -> None:
    for name in ("lending", "postgres", "gateway", "nats"):
        running.kill(name)
    started = looking.look()
    assert set(started[:2]) == {"postgres", "nats"}
    assert set(started[2:]) == {"lending", "gateway"}
    until(lambda: all(answers(running, service) for service in ("lending", "gateway")))


@pytest.mark.chaos
def test_what_cannot_start_is_tried_less_and_less_often_and_holds_up_nothing_else(
    running: Platform, looking: Watch, sentences: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(watch, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    monkeypatch.setattr(watch, "LONGEST_PAUSE_SECONDS", 3.0)
    running.kill("lending")
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(running.env["LENDING_PORT"])))
        taken.listen()
        assert looking.look() == ["lending"]
        running.kill("gateway")
        assert "gateway" in looking.look()
        for pause in (1.0, 2.0, 3.0, 3.0):
            until(lambda: "lending" in running.fallen())
            clock[0] += pause - 0.01
            assert looking.look() == []
            clock[0] += 0.01
            assert looking.look() == ["lending"]
        until(lambda: "lending" in running.fallen())
    clock[0] += 3.0
    assert looking.look() == ["lending"]
    until(lambda: all(answers(running, service) for service in ("lending", "gateway")))


@pytest.mark.chaos
def test_a_server_that_does_not_start_is_named_and_services_are_started_all_the_same(
    running: Platform, looking: Watch, sentences: list[str]
) -> None:
    for name in ("nats", "gateway"):
        running.kill(name)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", running.servers.nats.port))
        taken.listen()
        assert looking.look() == ["gateway"]
    assert sentences[0].startswith("nats did not start")
    until(lambda: "nats" in looking.look())
    until(lambda: answers(running, "gateway"))


@pytest.mark.chaos
def test_a_suspended_server_is_left_alone(running: Platform, looking: Watch) -> None:
    running.kill("gateway", signal.SIGSTOP)
    assert looking.look() == []
    running.kill("gateway", signal.SIGCONT)
    until(lambda: answers(running, "gateway"))
