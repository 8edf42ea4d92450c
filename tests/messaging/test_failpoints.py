"""Failpoints act only where a test armed them, and never in production."""

from pathlib import Path

import pytest

from shared import failpoints
from shared.failpoints import VARIABLE, FailpointReached, FailpointsRefused, failpoint


def _armed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(failpoints, "_armed", failpoints._read({VARIABLE: text}))


def test_does_nothing_when_nothing_is_armed() -> None:
    assert failpoints._armed == {}
    failpoint("web.before_commit")


def test_raises_after_the_passes_it_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    _armed(monkeypatch, "web.before_commit=raise:after=1, web.after_commit=sleep:seconds=0.01")
    failpoint("web.before_commit")
    failpoint("web.after_commit")
    with pytest.raises(FailpointReached):
        failpoint("web.before_commit")


def test_acts_once_even_across_restarts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for _ in range(2):
        _armed(monkeypatch, f"x=raise:once={tmp_path / 'done'}")
        if not (tmp_path / "done").exists():
            with pytest.raises(FailpointReached):
                failpoint("x")
        failpoint("x")


def test_acts_when_a_file_says_so_and_then_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _armed(monkeypatch, f"x=sleep:when={tmp_path / 'nap'},x=raise:when={tmp_path / 'now'}")
    failpoint("x")
    (tmp_path / "now").touch()
    with pytest.raises(FailpointReached):
        failpoint("x")
    failpoint("x")


@pytest.mark.parametrize("text", ["x", "x=explode", "=kill", "x=kill:unless=now"])
def test_refuses_what_it_cannot_read(text: str) -> None:
    with pytest.raises(FailpointsRefused):
        failpoints._read({VARIABLE: text})


def test_refuses_to_be_armed_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FailpointsRefused):
        failpoints._read({VARIABLE: "x=kill", "PLATFORM_PROFILE": "production"})
    _armed(monkeypatch, "x=raise")
    with pytest.raises(FailpointsRefused):
        failpoints.ensure_allowed("production")
    failpoints.ensure_allowed("test")
