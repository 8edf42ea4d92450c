"""The county's people and partners: one account per office, per township, per village work team, and per program.

Every person here is made up; the names say the office, not a person.
"""

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx

from shared.access import RIGHTS, Right, Role
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import Office
from shared.regions import county_of
from tools.demo.places import Township
from tools.demo.refused import DemoRefused
from tools.demo.session import Caller

INSURER = "PICC"
# The county's offices: the people of each, so that who prepares, who reviews and who approves are three.
COUNTY_OFFICES: Final[Mapping[Role, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        Role.POVERTY_OFFICE: ("扶贫办", ("poverty.office", "poverty.chief", "poverty.deputy")),
        Role.FINANCE_BUREAU: ("财政局", ("finance.bureau", "finance.chief", "finance.deputy")),
        Role.SERVICE_CENTRE: ("金融服务中心", ("service.centre", "service.chief", "service.deputy")),
        Role.AUDITOR: ("审计局", ("auditor",)),
        Role.CENTRAL_BANK: ("人民银行县支行", ("central.bank",)),
        Role.BANK_REGULATOR: ("银监办", ("bank.regulator",)),
    }
)
TITLES: Final = ("经办", "负责人", "副职")
COMMITTEE_NAMES: Final = {"finance_bureau": "finance", "poverty_office": "poverty", "service_centre": "centre"}
# Who acts for the whole country: the reference rates hold in every county.
RATE_OFFICERS: Final = (("rates.officer", "人民银行利率经办"), ("rates.chief", "人民银行利率负责人"))
PEOPLE_AT_ONCE: Final = 40


@dataclass
class Offices:
    """Everyone who acts in the demonstration."""

    county_code: str
    townships: tuple[Township, ...]
    people: dict[str, Caller]
    committee: tuple[str, ...]

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

    def helpers(self, code: str) -> Caller:
        """Return the helpers of the township's villages."""
        return self.people[f"helpers.{code}"]

    def bank(self, bank_code: str) -> Caller:
        """Return the bank's program."""
        return self.people[f"bank.{bank_code.lower()}"]

    def officer(self, office: Office | Role, place: int = 0) -> Caller:
        """Return one of the people of a county office.

        Raises:
            DemoRefused: nobody of that office has an account here.
        """
        found = COUNTY_OFFICES.get(Role(office.value))
        if found is None:
            raise DemoRefused(
                zh=f"政策包让 {office} 在县级环节办理，演示中没有该机构的人员；请核对该环节的机构。",
                en=f"The pack has {office} act at a step of the county, of which nobody has an account here; check the "
                "office of the step.",
            )
        names = found[1]
        return self.people[names[min(place, len(names) - 1)]]

    def with_right(self, right: Right, wanted: Office | None = None, place: int = 0) -> Caller:
        """Return who acts by a right: the office that the pack names, or the first county office that may."""
        able = [role for role in COUNTY_OFFICES if role in RIGHTS[right]]
        named = [role for role in able if wanted is not None and role.value == wanted.value]
        if not able:
            raise DemoRefused(
                zh=f"县级机构都没有权限 {right}，演示中无人可以办理。",
                en=f"No office of the county has the right '{right}', so nobody here can do it.",
            )
        return self.officer((named or able)[0], place)


async def create_offices(
    http: httpx.AsyncClient,
    pack: PolicyPack,
    townships: tuple[Township, ...],
    banks: Iterable[str],
    accounts_file: Path,
) -> Offices:
    """Create all accounts; `accounts_file` (mode 0600) holds the administrator's password and is given theirs."""
    passwords: dict[str, str] = json.loads(accounts_file.read_text())
    admin, county_code = Caller(http, "admin", passwords["admin"]), county_of(pack.header.regions[0])
    committee = tuple(
        f"committee.{COMMITTEE_NAMES.get(office, office.value.replace('_', '.'))}"
        for office in pack.compensation_rule().committee
    )
    people = [
        _person(passwords, name, f"{office}{TITLES[place]}", [(role, county_code)])
        for role, (office, names) in COUNTY_OFFICES.items()
        for place, name in enumerate(names)
    ]
    people += [
        _person(passwords, name, "风险基金管委会成员", [(Role.FUND_COMMITTEE, county_code)]) for name in committee
    ]
    people += [_person(passwords, name, title, [(Role.CENTRAL_BANK, "")]) for name, title in RATE_OFFICERS]
    for township in townships:
        office = [(Role.TOWNSHIP, township.code)]
        people.append(_person(passwords, f"township.{township.code}", f"{township.name}经办", office))
        people.append(_person(passwords, f"township.{township.code}.review", f"{township.name}负责人", office))
        for name, title, role in (("villages", "驻村工作队", Role.VILLAGE), ("helpers", "帮扶责任人", Role.HELPER)):
            grants = [(role, village) for village in township.villages]
            people.append(_person(passwords, f"{name}.{township.code}", f"{township.name}{title}", grants))
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        await admin.post("/people", {"people": people[start : start + PEOPLE_AT_ONCE]})
    partners = [(f"bank.{code.lower()}", code, Role.BANK) for code in banks] + [
        (f"insurer.{INSURER.lower()}", INSURER, Role.INSURER)
    ]
    for client_id, organisation, role in partners:
        await admin.post("/api-clients", _client(passwords, client_id, organisation, role, county_code))
    clients = {name for name, _, _ in partners}
    _keep(accounts_file, passwords, clients)
    callers = {name: Caller(http, name, secret, name in clients) for name, secret in passwords.items()}
    return Offices(county_code, townships, callers, committee)


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
