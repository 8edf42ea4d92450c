"""The compose file is valid, and says the same as the embedded platform."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose import environment as compose_environment
from deploy.compose.configuration import rendered
from deploy.embedded.binaries import nats_server_program
from deploy.embedded.folders import ROOT
from deploy.environment import SERVICES

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_file_fits_the_compose_schema() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_services_run_from_one_image_hardened_and_checked() -> None:
    for service in SERVICES:
        definition = COMPOSE["services"][service]
        assert definition["image"] == "county-loans:latest"
        assert definition["read_only"] is True
        assert definition["cap_drop"] == ["ALL"]
        assert definition["command"][:2] == ["deploy.serve", service]
        assert definition["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}
    assert "/readyz" in DOCKERFILE
    assert re.search(r"^USER \d+:\d+$", DOCKERFILE, re.MULTILINE)


def test_only_the_gateway_is_reachable_from_outside() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"gateway": ["127.0.0.1:${GATEWAY_PORT:-8000}:8000"]}


def test_each_service_is_given_its_own_secrets_only() -> None:
    for service in SERVICES:
        environment = COMPOSE["services"][service]["environment"]
        secret = {name for name in environment if re.search("DATABASE_URL|MIGRATION|PASSWORD|ADMIN", name)}
        assert secret == {f"{service.upper()}_DATABASE_URL", f"{service.upper()}_NATS_PASSWORD"}


def test_the_written_environment_holds_all_that_the_file_asks_for() -> None:
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (ROOT / "docker-compose.yml").read_text()))
    assert required <= set(compose_environment.variables())


def test_the_written_environment_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_environment, "FILE", tmp_path / ".env")
    assert "wrote" in compose_environment.write_environment()
    before = (tmp_path / ".env").read_text()
    assert "kept" in compose_environment.write_environment()
    assert (tmp_path / ".env").read_text() == before


@pytest.mark.parametrize("file", rendered(), ids=lambda file: file.name)
def test_the_mounted_configuration_is_the_generated_one(file: Path) -> None:
    assert file.read_text() == rendered()[file], "run: make compose-configuration"


def test_nats_server_accepts_the_mounted_configuration() -> None:
    check = [nats_server_program(), "--config", str(ROOT / "deploy" / "compose" / "nats.conf"), "-t"]
    environment = {**os.environ, **compose_environment.variables()}
    done = subprocess.run(check, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
