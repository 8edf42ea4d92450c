"""`make` and `python -m deploy`, as a newcomer uses them: with all real services."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from deploy.embedded.folders import ROOT
from deploy.embedded.ports import free_port

Deploy = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def deploy(data_dir: Path) -> Iterator[Deploy]:
    """Return a way to run `python -m deploy …` on a scratch data folder; what it leaves running is stopped."""
    environment = {**os.environ, "GATEWAY_PORT": str(free_port())}

    def run(command: str, *options: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "deploy", command, "--data", str(data_dir), *options]
        return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)

    yield run
    run("down")


def test_up_status_env_down(deploy: Deploy) -> None:
    started = deploy("up")
    assert started.returncode == 0, started.stderr
    shown = deploy("status")
    assert shown.returncode == 0
    assert shown.stdout.count("│ ready") == 5
    gateway = re.search(r"export GATEWAY_URL=(\S+)", deploy("env").stdout)
    assert gateway is not None
    assert httpx.get(f"{gateway[1]}/readyz").status_code == 200
    assert deploy("up").returncode == 0  # already running is fine
    assert "no account 'nobody'" in deploy("token", "--user", "nobody").stderr
    assert "stopped" in deploy("down").stdout
    assert "make up" in deploy("status").stderr


def test_bare_make_explains_every_target() -> None:
    printed = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    declared = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert declared is not None
    explained = set(re.findall(r"^  make (\S+) +\S+", printed.stdout, re.MULTILINE))
    assert explained == set(declared[1].replace("\\", "").split())


def test_setting_up_refuses_an_old_python_with_what_to_do(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    environment = {**os.environ, "PYTHON": str(old)}
    done = subprocess.run([ROOT / "deploy" / "setup.sh"], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "make PYTHON=" in done.stderr
