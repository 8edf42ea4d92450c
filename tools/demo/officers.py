"""The county's people and partners: one account per office, per township, per village work team, and per program.

Every person here is made up; the names say the office, not a person.
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from shared.access import Role
from tools.demo.session import Caller

INSURER = "PICC"
COUNTY_OFFICERS: tuple[tuple[str, str, Role], ...] = (
    ("poverty.office", "扶贫办经办", Role.POVERTY_OFFICE),
    ("poverty.chief", "扶贫办负责人", Role.POVERTY_OFFICE),
    ("finance.bureau", "财政局经办", Role.FINANCE_BUREAU),
    ("finance.chief", "财政局负责人", Role.FINANCE_BUREAU),
    ("service.centre", "金融服务中心经办", Role.SERVICE_CENTRE),
    ("service.chief", "金融服务中心负责人", Role.SERVICE_CENTRE),
    ("committee.finance", "风险基金管委会（财政）", Role.FUND_COMMITTEE),
    ("committee.poverty", "风险基金管委会（扶贫）", Role.FUND_COMMITTEE),
    ("committee.centre", "风险基金管委会（金融中心）", Role.FUND_COMMITTEE),
    ("auditor", "审计局", Role.AUDITOR),
    ("central.bank", "人民银行县支行", Role.CENTRAL_BANK),
    ("bank.regulator", "银监办", Role.BANK_REGULATOR),
)
# Who acts for the whole country: the reference rates hold in every county.
NATIONAL_OFFICERS: tuple[tuple[str, str, Role], ...] = (
    ("rates.officer", "人民银行利率经办", Role.CENTRAL_BANK),
    ("rates.chief", "人民银行利率负责人", Role.CENTRAL_BANK),
)


@dataclass(frozen=True)
class Township:
    """A township with its villages."""

    code: str
    name: str
    villages: tuple[str, ...]


@dataclass
class Offices:
    """Everyone who acts in the demonstration."""

    county_code: str
    townships: tuple[Township, ...]
    people: dict[str, Caller]

    def __getitem__(self, username: str) -> Caller:
        return self.people[username]

    def township(self, code: str) -> Caller:
        """Return the township's officer."""
        return self.people[f"township.{code}"]

    def reviewer(self, code: str) -> Caller:
        """Return the township's second officer, who reviews what the first files."""
        return self.people[f"township.{code}.review"]

    def village_team(self, code: str) -> Caller:
        """Return the work team of the township's villages."""
        return self.people[f"villages.{code}"]

    def bank(self, bank_code: str) -> Caller:
        """Return the bank's program."""
        return self.people[f"bank.{bank_code.lower()}"]


async def create_offices(
    http: httpx.AsyncClient,
    county_code: str,
    townships: tuple[Township, ...],
    banks: Iterable[str],
    accounts_file: Path,
) -> Offices:
    """Create all accounts; `accounts_file` (mode 0600) holds the administrator's password and is given theirs."""
    passwords: dict[str, str] = json.loads(accounts_file.read_text())
    admin = Caller(http, "admin", passwords["admin"])
    people = [_person(passwords, name, title, [(role, county_code)]) for name, title, role in COUNTY_OFFICERS]
    people += [_person(passwords, name, title, [(role, "")]) for name, title, role in NATIONAL_OFFICERS]
    for township in townships:
        office = [(Role.TOWNSHIP, township.code)]
        people.append(_person(passwords, f"township.{township.code}", f"{township.name}经办", office))
        people.append(_person(passwords, f"township.{township.code}.review", f"{township.name}负责人", office))
        teams = [(Role.VILLAGE, village) for village in township.villages]
        people.append(_person(passwords, f"villages.{township.code}", f"{township.name}驻村工作队", teams))
    for start in range(0, len(people), 40):
        await admin.post("/people", {"people": people[start : start + 40]})
    partners = [(f"bank.{code.lower()}", code, Role.BANK) for code in banks] + [
        (f"insurer.{INSURER.lower()}", INSURER, Role.INSURER)
    ]
    for client_id, organisation, role in partners:
        await admin.post("/api-clients", _client(passwords, client_id, organisation, role, county_code))
    clients = {name for name, _, _ in partners}
    _keep(accounts_file, passwords, clients)
    callers = {name: Caller(http, name, secret, name in clients) for name, secret in passwords.items()}
    return Offices(county_code, townships, callers)


def _person(passwords: dict[str, str], username: str, title: str, grants: list[tuple[Role, str]]) -> dict[str, Any]:
    passwords[username] = secrets.token_urlsafe(15)
    return {
        "username": username,
        "display_name": title,
        "password": passwords[username],
        "grants": [{"role": role, "region": region} for role, region in grants],
    }


def _client(
    passwords: dict[str, str], client_id: str, organisation: str, role: Role, county_code: str
) -> dict[str, Any]:
    passwords[client_id] = secrets.token_urlsafe(24)
    return {
        "client_id": client_id,
        "display_name": f"{organisation} 接口",
        "client_secret": passwords[client_id],
        "organisation": organisation,
        "grants": [{"role": role, "region": county_code}],
    }


def _keep(accounts_file: Path, passwords: dict[str, str], clients: set[str]) -> None:
    accounts_file.touch(mode=0o600, exist_ok=True)
    kept = {name: {"client_secret": secret} if name in clients else secret for name, secret in passwords.items()}
    accounts_file.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
