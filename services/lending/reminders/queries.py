"""Named reads of reminders: what is due, what was not given in time, what was given, and the written notices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.clients import ask_names
from services.lending.loans.queries import get_loan
from services.lending.reminders.asked_sql import DUE, LATE, PACKS
from services.lending.reminders.refusals import NoNoticeDue, TooManyNotices
from services.lending.reminders.rules import Notice, reminders_of, sheet_of
from services.lending.reminders.schemas import ReminderDue, ReminderOut
from shared.clients import PeerClient
from shared.db import Connection, Database
from shared.policy.copies import pack_for
from shared.policy.in_force import ConfirmedPack
from shared.prints.sheet import Sheet
from shared.scope import Scope
from shared.web.pages import PageRequest

NOTICES_AT_ONCE: Final = 500  # the most households that the registry names in one answer
_OF_LOAN: Final = """
SELECT * FROM reminder WHERE loan_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""
_BANKS: Final = """
SELECT county_code, code, name FROM lender WHERE (county_code, code) IN (SELECT * FROM unnest($1::text[], $2::text[]))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which loans reminders are asked for: of a region, a product, one loan, each or all; as of a day."""

    as_of: date
    region: str | None = None
    product: str | None = None
    loan_id: UUID | None = None


def rule_rows(packs: Iterable[ConfirmedPack]) -> list[dict[str, Any]]:
    """Return the reminders of packs, each for its product, as the statements take them."""
    return [
        {
            "pack_id": str(each.pack_id),
            "product_code": each.pack.product.code,
            "days_before": days_before,
            "is_written": is_written,
        }
        for each in packs
        for days_before, is_written in reminders_of(each.loan_terms)
    ]


async def list_due(
    conn: Connection, scope: Scope, page: PageRequest, asked: Asked, within_days: int, *, with_given: bool
) -> list[ReminderDue]:
    """Return up to one row more than a page of reminders to be given within so many days, the most urgent first."""
    return await _due(conn, scope, asked, (within_days, with_given, None, page.after, page.limit + 1))


async def list_late(
    conn: Connection, scope: Scope, page: PageRequest, asked: Asked, first_day: date, last_day: date
) -> list[ReminderDue]:
    """Return up to one row more than a page of reminders that were not given in time, the oldest first.

    Those were to be given from `first_day` to `last_day`; they were given later, or not yet on the day asked about.
    """
    rules = rule_rows(await _packs(conn, scope))
    within = (first_day, last_day, page.after, page.limit + 1)
    rows = await conn.fetch(LATE, scope.regions, scope.banks, rules, *_about(asked), *within)
    return [_shown(row) for row in rows]


async def list_reminders(conn: Connection, scope: Scope, loan_id: UUID, page: PageRequest) -> list[ReminderOut]:
    """Return up to one row more than a page of what a borrower was reminded of, withdrawn records too.

    Raises:
        LoanUnknown: there is no such loan in the caller's sight.
    """
    await get_loan(conn, loan_id, scope)
    rows = await conn.fetch(_OF_LOAN, loan_id, page.after_as(UUID), page.limit + 1)
    return [ReminderOut.model_validate(dict(row)) for row in rows]


async def notices_due(
    database: Database, registry: PeerClient, scope: Scope, asked: Asked, within_days: int, *, with_given: bool
) -> list[Sheet]:
    """Return the written notices that are to be given within so many days, with the borrowers' names in full.

    Raises:
        NoNoticeDue: there is none.
        TooManyNotices: there are more than one file prints.
        PeerUnavailable: the registry did not answer with the names in time.
    """
    async with database.connection() as conn:
        dues = await _due(conn, scope, asked, (within_days, with_given, True, None, NOTICES_AT_ONCE + 1))
        products = {each.pack.product.code: each.pack.product.name.zh for each in await _packs(conn, scope)}
        banks = await _banks(conn, dues)
    if not dues:
        raise NoNoticeDue
    if len(dues) > NOTICES_AT_ONCE:
        raise TooManyNotices(NOTICES_AT_ONCE)
    names = await ask_names(registry, scope.regions, list({due.household_id for due in dues}))
    sheets = []
    for due in dues:
        name = names.get(due.household_id)
        notice = Notice(
            name=name.head_name if name else "借款人",
            place=name.place if name else due.village_code,
            household_number=due.household_number,
            bank=banks.get((due.village_code[:6], due.bank_code), due.bank_code),
            product=products[due.product_code],
            contract_number=due.contract_number,
            due_on=due.due_on,
            principal=due.principal,
            interest=due.interest,
        )
        sheets.append(sheet_of(notice, asked.as_of))
    return sheets


async def _due(conn: Connection, scope: Scope, asked: Asked, more: tuple[Any, ...]) -> list[ReminderDue]:
    rules = rule_rows(await _packs(conn, scope))
    rows = await conn.fetch(DUE, scope.regions, scope.banks, rules, *_about(asked), *more)
    return [_shown(row) for row in rows]


def _about(asked: Asked) -> tuple[Any, ...]:
    return (asked.as_of, asked.region, asked.product, asked.loan_id)


async def _packs(conn: Connection, scope: Scope) -> list[ConfirmedPack]:
    rows = await conn.fetch(PACKS, scope.regions, scope.banks)
    return [await pack_for(conn, row["pack_id"], row["product_code"]) for row in rows]


async def _banks(conn: Connection, dues: Sequence[ReminderDue]) -> dict[tuple[str, str], str]:
    wanted = {(due.village_code[:6], due.bank_code) for due in dues}
    rows = await conn.fetch(_BANKS, [county for county, _ in wanted], [bank for _, bank in wanted])
    return {(row["county_code"], row["code"]): row["name"] for row in rows}


def _shown(row: Any) -> ReminderDue:
    return ReminderDue.model_validate({name: row[name] for name in ReminderDue.model_fields})
