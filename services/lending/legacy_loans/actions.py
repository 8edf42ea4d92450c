"""Take a bank's loans from before the platform on the books, so that they run on under their own rule (LG-2, LG-28)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.lending.applications import queries as applications
from services.lending.applications.schemas.applications import ReasonOut
from services.lending.clients import Household, ask_households
from services.lending.legacy_loans import onboarding_sql, rules
from services.lending.legacy_loans.rules import LegacyLoan, LegacyTerms
from services.lending.legacy_loans.schemas import (
    LegacyLoanIn,
    LegacyLoansIn,
    LegacyLoansOut,
    NotOnboarded,
    Onboarded,
)
from services.lending.lenders.queries import ensure_registered
from services.lending.loans.actions import stage_contracts
from services.lending.loans.refusals import BankReferenceConflict
from services.lending.loans.rules.contract_terms import Contract, ContractTerms, contract
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.outbox import current_traceparent
from shared.policy.copies import current_pack, pack_for
from shared.policy.in_force import ConfirmedPack
from shared.policy.terms import LoanTerms
from shared.policy.vocabulary import Consequence
from shared.regions import township_of
from shared.rules.cover import not_covered
from shared.rules.reasons import Reason
from shared.scope import organisation_of
from shared.web.writes import Writer


@dataclass(slots=True)
class _Line:
    """One loan of the request with what registry knows of its household and what stands against it."""

    item: LegacyLoanIn
    household: Household | None
    reasons: list[Reason] = field(default_factory=list)
    pack: ConfirmedPack | None = None
    granted_under: str | None = None
    legacy_rule: str | None = None
    loan_round: int = 1

    @property
    def household_number(self) -> str:
        return self.item.household_number or (
            self.household.household_number if self.household else str(self.item.household_id)
        )


async def ask_registry(
    registry: PeerClient, write: Writer, officer: Principal, body: LegacyLoansIn
) -> list[Household | None]:
    """Ask registry once which households these are, before the transaction; whether they may borrow is not asked.

    Raises:
        OrganisationMissing, LenderNotRegistered, OutsideRegion, PeerUnavailable.
    """
    bank = organisation_of(officer)
    officer.ensure_region(Right.LEGACY_LOANS_RECORD, body.county_code)
    if await write.is_answered():
        return []
    async with write.database.connection() as conn:
        await ensure_registered(conn, bank, body.county_code)
    named = [
        {"household_number": item.household_number}
        if item.household_number
        else {"household_id": str(item.household_id)}
        for item in body.items
    ]
    return await ask_households(registry, body.county_code, [body.county_code], named)


async def onboard(
    conn: Connection, officer: Principal, body: LegacyLoansIn, found: Sequence[Household | None]
) -> LegacyLoansOut:
    """Take the right loans on the books and say of every other each reason why not.

    Each becomes a loan with its schedule from the day it was granted; its repayments since then are recorded as any
    other's. Raises: NoPackInForce. Clauses: LG-2, LG-28.
    """
    bank = organisation_of(officer)
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('legacy-loans/' || $1, 0))", bank)
    lines = [_Line(item, answer) for item, answer in zip(body.items, found, strict=True)]
    await _judge(conn, body, lines)
    await _refuse_used(conn, bank, lines)
    taken = await _put(conn, officer, bank, body.onboarded_on, [line for line in lines if not line.reasons])
    refused = [line for line in lines if line.reasons]
    return LegacyLoansOut(
        onboarded_count=len(taken),
        amount=sum((row["amount"] for row in taken), ZERO),
        refused_count=len(refused),
        onboarded=[Onboarded.model_validate(dict(row)) for row in taken],
        refusals=[
            NotOnboarded(
                contract_number=line.item.contract_number,
                household_number=line.household_number,
                reasons=[ReasonOut(**asdict(reason)) for reason in line.reasons],
            )
            for line in refused
        ],
    )


async def _judge(conn: Connection, body: LegacyLoansIn, lines: Iterable[_Line]) -> None:
    packs: dict[str, ConfirmedPack] = {}
    for line in lines:
        if line.household is None:
            line.reasons.append(_not_on_register(line.household_number))
            continue
        township = township_of(line.household.village_code)
        if township not in packs:
            packs[township] = await current_pack(conn, township, body.onboarded_on)
        line.pack = packs[township].product(line.item.product_code)
        _judge_line(line, line.pack, body.onboarded_on)


def _judge_line(line: _Line, pack: ConfirmedPack, onboarded_on: date) -> None:
    item = line.item
    loan = LegacyLoan(
        item.principal, item.term_months, item.granted_on, onboarded_on, item.mode, guarantor=item.guarantor
    )
    terms = LegacyTerms(pack.loan_terms, pack.pack.legacy_loan_rules(), pack.pack.entity_rules())
    line.granted_under, rule = rules.granted_under(loan, terms), rules.rule_of(loan, terms)
    line.legacy_rule = rule.code if rule else None
    line.reasons += rules.reasons_against(loan, terms)
    known = [industry.code for industry in pack.purpose_rule.industries]
    if item.industry not in known:
        line.reasons.append(_industry_unknown(item.industry, known))


async def _refuse_used(conn: Connection, bank: str, lines: Sequence[_Line]) -> None:
    items = [line.item for line in lines]
    used = await conn.fetch(
        onboarding_sql.USED, bank, [item.contract_number for item in items], [item.bank_reference for item in items]
    )
    contracts = {row["contract_number"] for row in used if row["contract_used"]}
    booked = {row["bank_reference"]: row for row in used if row["booked_entry"] is not None}
    references: set[str] = set()
    for line in lines:
        if line.item.contract_number in contracts:
            line.reasons.append(_contract_used(line.item.contract_number))
        reference = line.item.bank_reference
        if reference in booked or reference in references:
            line.reasons.append(_conflict(BankReferenceConflict(booked.get(reference, {"bank_reference": reference}))))
        if not line.reasons:
            contracts.add(line.item.contract_number)
            references.add(reference)


async def _put(
    conn: Connection, officer: Principal, bank: str, onboarded_on: date, lines: Sequence[_Line]
) -> list[Any]:
    if not lines:
        return []
    await _number_rounds(conn, lines)
    await conn.execute(onboarding_sql.CREATE_LINES)
    await conn.copy_records_to_table(
        "legacy_line",
        records=[_record(place, line) for place, line in enumerate(lines)],
        columns=onboarding_sql.LINE_COLUMNS,
    )
    contracts = [await _contract(conn, row) for row in await conn.fetch(onboarding_sql.TERMS)]
    await stage_contracts(conn, contracts)
    made = await conn.fetch(onboarding_sql.ONBOARD, bank, None, officer.subject, current_traceparent(), onboarded_on)
    if len(made) != len(lines):
        raise AssertionError(f"{len(lines)} legacy loans were right, but {len(made)} loans came of them.")
    return list(made)


async def _number_rounds(conn: Connection, lines: Sequence[_Line]) -> None:
    ids = [line.household.household_id for line in lines if line.household is not None]
    rounds = await applications.loan_rounds(conn, ids)
    for line in lines:
        if line.household is not None:
            household_id = line.household.household_id
            rounds[household_id] = line.loan_round = rounds.get(household_id, 0) + 1


def _record(place: int, line: _Line) -> tuple[Any, ...]:
    item, found, pack = line.item, line.household, line.pack
    if found is None or pack is None:
        raise AssertionError("a line without household or pack was not refused")
    return (
        place,
        new_id(),
        found.household_id,
        found.household_number,
        found.household_version,
        found.village_code,
        item.contract_number,
        item.bank_reference,
        item.principal,
        item.term_months,
        item.granted_on,
        item.annual_rate,
        str(item.mode),
        item.entity_id,
        item.borrower_member_id,
        item.guarantor,
        item.industry,
        item.purpose,
        line.loan_round,
        pack.pack_id,
        pack.pack_version,
        line.granted_under,
        pack.product_code,
        line.legacy_rule,
        orjson.dumps(_conditions(pack)).decode(),
        orjson.dumps(item.own_terms()).decode(),
    )


def _conditions(pack: ConfirmedPack) -> list[dict[str, str]]:
    """Return the conditions of the product's loans, as an application's are stored (ZJ-2c)."""
    said = pack.pack.lending.covered_by_fund
    found = not_covered(said.value, ", ".join(said.clause or said.after or ("assumed",))) if said else None
    return [{**asdict(found), "consequence": Consequence.WITHOUT_COVER}] if found else []


async def _contract(conn: Connection, row: Mapping[str, Any]) -> tuple[Contract, LoanTerms]:
    terms = ContractTerms(**row)
    county = (await pack_for(conn, UUID(str(row["pack_id"])), row["product_code"])).loan_terms
    loan_terms = rules.terms_of(county, orjson.loads(terms.own_terms))
    return contract(terms, loan_terms, row["agreed_rate"]), loan_terms


def _not_on_register(named: str) -> Reason:
    return Reason(
        "household-unknown",
        "LG-2",
        f"本县没有编号为{named}的农户档案，请核对编号或先建档。",
        f"No household {named} is on the county's register; check its number or register it first.",
    )


def _industry_unknown(industry: str, known: Sequence[str]) -> Reason:
    return Reason(
        "industry-unknown",
        "FJ-8",
        f"产业“{industry}”不在本县产业目录中，请从目录中选择。",
        f"The industry '{industry}' is not one the county reports; choose one of {', '.join(known)}.",
    )


def _contract_used(contract_number: str) -> Reason:
    return Reason(
        "contract-number-used",
        "LG-2",
        f"合同号{contract_number}已登记，请勿重复报送。",
        f"Contract number {contract_number} already belongs to another loan; drop this line or correct it.",
    )


def _conflict(refusal: BankReferenceConflict) -> Reason:
    return Reason(refusal.code, "LG-2", refusal.sentence.zh, refusal.sentence.en)
