"""The county's people and partners: one account per office, per township, per village work team, and per program.

Every person here is made up; the names say the office, not a person.
"""

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx

from shared.access import RIGHTS, Right, Role
from shared.offices import Step, could_take, key_of, may_take, name_of, offices_of, role_of
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import Office
from tools.demo.places import Township
from tools.demo.refused import DemoRefused
from tools.demo.session import Caller

INSURER = "PICC"
GUARANTOR = "DBGS"  # the guarantee company's code; no document names one
# The county's offices: the people of each, so that who prepares, who reviews and who approves are three.
COUNTY_OFFICES: Final[Mapping[Role, tuple[str, tuple[str, ...]]]] = MappingProxyType(
    {
        Role.POVERTY_OFFICE: ("扶贫办", ("poverty.office", "poverty.chief", "poverty.deputy")),
        Role.FINANCE_BUREAU: ("财政局", ("finance.bureau", "finance.chief", "finance.deputy")),
        Role.SERVICE_CENTRE: ("金融服务中心", ("service.centre", "service.chief", "service.deputy")),
        Role.AUDITOR: ("审计局", ("auditor",)),
        Role.CENTRAL_BANK: ("人民银行县支行", ("central.bank",)),
        Role.BANK_REGULATOR: ("银监办", ("bank.regulator",)),
        Role.FUND_COMMITTEE: ("风险基金管委会", ("committee.finance", "committee.poverty", "committee.centre")),
    }
)
TITLES: Final = ("经办", "负责人", "副职")
BANK_POSTS: Final = ("clerk", "chief")  # beside each bank's program: corrections need two persons
# Who acts for the whole country: the reference rates hold in every county.
RATE_OFFICERS: Final = (("rates.officer", "人民银行利率经办"), ("rates.chief", "人民银行利率负责人"))
# Who submits and confirms the base of a province that a county's pack rests on.
PROVINCE_OFFICERS: Final = (("province.office", "省扶贫办经办"), ("province.chief", "省扶贫办负责人"))
PROVINCE_DIGITS: Final = 2
PEOPLE_AT_ONCE: Final = 40


@dataclass
class Offices:
    """Everyone who acts in the demonstration."""

    county_code: str
    townships: tuple[Township, ...]
    people: dict[str, Caller]
    main_bank: str

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

    def bank_officers(self, bank_code: str) -> tuple[Caller, Caller]:
        """Return two persons of the bank: who proposes a correction, and who confirms it."""
        return self.people[f"{bank_code.lower()}.clerk"], self.people[f"{bank_code.lower()}.chief"]

    def taking(self, pack: PolicyPack, step: Step, township_code: str, place: int = 0) -> Caller:
        """Return who takes a step: of the first office that the pack names, else of the first that may.

        Raises:
            DemoRefused: nobody who may take it has an account here.
        """
        named = offices_of(pack, step)
        able = [office for office in named or sorted(could_take(step), key=_higher_first) if may_take(step, office)]
        found = [person for office in able if (person := self.person_of(office, township_code, place)) is not None]
        if not found:
            offices = ", ".join(named or able)
            raise DemoRefused(
                zh=f"政策包指定由 {offices} 办理{name_of(step).zh}，演示中无人可以办理；请核对 {key_of(step)}。",
                en=f"The pack has {offices} do {name_of(step).en}, and nobody here can; check `{key_of(step)}`.",
            )
        return found[0]

    def person_of(self, office: Office, township_code: str, place: int = 0) -> Caller | None:
        """Return one of an office's people: in the township where it is a township's or a village's, or None."""
        role = role_of(office)
        match role:
            case Role.VILLAGE:
                return self.village_team(township_code)
            case Role.HELPER:
                return self.people.get(f"helpers.{township_code}")
            case Role.TOWNSHIP if office is Office.RISK_GROUP:
                return self.people.get(f"risk.{township_code}")
            case Role.TOWNSHIP:
                return self.reviewer(township_code)
            case Role.BANK:
                return self.bank(self.main_bank)
        if role is None or role not in COUNTY_OFFICES:
            return None
        names = COUNTY_OFFICES[role][1]
        return self.people[names[min(place, len(names) - 1)]]

    def with_right(self, right: Right, place: int = 0) -> Caller:
        """Return one of the people of the first county office with a right, for what no step names an office for."""
        names = next(names for role, (_, names) in COUNTY_OFFICES.items() if role in RIGHTS[right])
        return self.people[names[min(place, len(names) - 1)]]


def _higher_first(office: Office) -> int:
    return 0 if role_of(office) in COUNTY_OFFICES else 1 if office is Office.TOWNSHIP else 2


async def create_offices(
    http: httpx.AsyncClient,
    county_code: str,
    townships: tuple[Township, ...],
    banks: Mapping[str, int],
    named: Collection[Office],
    accounts_file: Path,
    *,
    with_guarantor: bool,
) -> Offices:
    """Create all accounts; `accounts_file` (mode 0600) holds the administrator's password and is given theirs.

    `banks` says which part of the loans each bank has, `named` which offices the county's pack names,
    `with_guarantor` whether a guarantor shares losses.
    """
    passwords: dict[str, str] = json.loads(accounts_file.read_text())
    admin = Caller(http, "admin", passwords["admin"])
    people = [
        _person(passwords, name, f"{office}{TITLES[place]}", [(role, county_code)])
        for role, (office, names) in COUNTY_OFFICES.items()
        for place, name in enumerate(names)
    ]
    people += [_person(passwords, name, title, [(Role.CENTRAL_BANK, "")]) for name, title in RATE_OFFICERS]
    province = [(Role.POVERTY_OFFICE, county_code[:PROVINCE_DIGITS])]
    people += [_person(passwords, name, title, province) for name, title in PROVINCE_OFFICERS]
    for code in banks:
        for place, post in enumerate(BANK_POSTS):
            title, grants = f"{code} {TITLES[place]}", [(Role.BANK, county_code)]
            people.append(_person(passwords, f"{code.lower()}.{post}", title, grants) | {"organisation": code})
    for township in townships:
        office = [(Role.TOWNSHIP, township.code)]
        people.append(_person(passwords, f"township.{township.code}", f"{township.name}经办", office))
        people.append(_person(passwords, f"township.{township.code}.review", f"{township.name}负责人", office))
        teams = [(Role.VILLAGE, village) for village in township.villages]
        people.append(_person(passwords, f"villages.{township.code}", f"{township.name}驻村工作队", teams))
        if Office.HELPER in named:
            helpers = [(Role.HELPER, village) for village in township.villages]
            people.append(_person(passwords, f"helpers.{township.code}", f"{township.name}帮扶责任人", helpers))
        if Office.RISK_GROUP in named:
            people.append(_person(passwords, f"risk.{township.code}", f"{township.name}风险控制小组", office))
    for start in range(0, len(people), PEOPLE_AT_ONCE):
        await admin.post("/people", {"people": people[start : start + PEOPLE_AT_ONCE]})
    partners = [(f"bank.{code.lower()}", code, Role.BANK) for code in banks] + [
        (f"insurer.{INSURER.lower()}", INSURER, Role.INSURER)
    ]
    if with_guarantor:
        partners.append((f"guarantor.{GUARANTOR.lower()}", GUARANTOR, Role.GUARANTOR))
    for client_id, organisation, role in partners:
        await admin.post("/api-clients", _client(passwords, client_id, organisation, role, county_code))
    clients = {name for name, _, _ in partners}
    _keep(accounts_file, passwords, clients)
    callers = {name: Caller(http, name, secret, name in clients) for name, secret in passwords.items()}
    return Offices(county_code, townships, callers, max(banks, key=lambda code: banks[code]))


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
