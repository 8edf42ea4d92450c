"""Disbursing: the bank says which applications it paid out, and they become loans with their schedules."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.lending.loans import disbursement_sql as sql
from services.lending.loans import rest_days_sql
from services.lending.loans.file import FILE
from services.lending.loans.queries import get_loan
from services.lending.loans.refusals import refusal_of
from services.lending.loans.rules import modes
from services.lending.loans.rules.contract_terms import (
    Contract,
    ContractTerms,
    annual_rate,
    contract,
    rate_column,
    refused_rate,
)
from services.lending.loans.rules.floating import floating
from services.lending.loans.rules.surcharge import LEAST_OF_MISUSE
from services.lending.loans.schemas import DisbursementFileOut, DisbursementIn, LoanOut, RejectedDisbursement
from services.lending.pack_copies.actions import hold_publications
from services.lending.pack_copies.queries import reference_rate
from shared.access import Principal, Right
from shared.csv_files.staging import stage_file, stage_line
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.outbox import current_traceparent
from shared.policy.copies import pack_for
from shared.policy.terms import EntityRules, LoanTerms
from shared.policy.vocabulary import UnpaidInterest
from shared.scope import Scope, organisation_of

# Cover that holds this long from today is certain: the loan's event reaches the fund before it may give it away.
COVER_MARGIN = timedelta(days=3)
_SETTINGS = "SELECT set_config('work_mem', '64MB', true)"


async def refresh_rest_days(conn: Connection, calendar: Iterable[tuple[date, date]]) -> list[date]:
    """Put days of rest, each with the working day after it, beside the loans; return those that are new or other.

    What is there already stays.
    """
    days, workdays = zip(*calendar, strict=True)
    return [row["day"] for row in await conn.fetch(rest_days_sql.REFRESH, days, workdays)]


async def differing_rest_days(conn: Connection, county_code: str, own: Mapping[date, date]) -> list[date]:
    """Return the days on which a county's own days of rest are not as stored."""
    rows = await conn.fetch(rest_days_sql.OWN_DIFFERING, county_code, list(own), list(own.values()))
    return [row["day"] for row in rows]


async def store_own_rest_days(conn: Connection, county_code: str, own: Mapping[date, date]) -> None:
    """Store a county's own days of rest and what ends each, as known from now on; what was known before is kept."""
    now = await conn.fetchval("SELECT clock_timestamp()")
    for statement in (rest_days_sql.OWN_GONE, rest_days_sql.OWN):
        await conn.execute(statement, county_code, list(own), list(own.values()), now)


async def uncertain_of_file(
    conn: Connection, officer: Principal, body: bytes, lines: int, total: Decimal, today: date
) -> Sequence[Mapping[str, Any]]:
    """Return the right lines of a disbursement file whose cover is to be confirmed first. Raises: FileRefused."""
    await conn.execute(_SETTINGS)
    await stage_file(conn, FILE, body, lines, total)
    return await _uncertain_covers(conn, officer, today)


async def uncertain_of_line(
    conn: Connection, officer: Principal, application_id: UUID, body: DisbursementIn, today: date
) -> Sequence[Mapping[str, Any]]:
    """Return the application if its line is right and its cover is to be confirmed first."""
    await stage_line(conn, FILE, _fields(application_id, body))
    return await _uncertain_covers(conn, officer, today)


async def _uncertain_covers(conn: Connection, officer: Principal, today: date) -> Sequence[Mapping[str, Any]]:
    await _check(conn, officer, organisation_of(officer), today)
    rows: Sequence[Mapping[str, Any]] = await conn.fetch(sql.COVER_UNCERTAIN, today + COVER_MARGIN)
    return rows


async def disburse_file(
    conn: Connection,
    officer: Principal,
    body: bytes,
    lines: int,
    total: Decimal,
    today: date,
    covered: Collection[UUID],
    put_application: str,
) -> DisbursementFileOut:
    """Turn every right line of the bank's disbursement file into a loan and say of every other why not.

    `put_application` is the part of the statement in which the applications' own room marks them as disbursed.
    The file may name before the amount, as `account_reference`, the account each loan went to, and as `bank_reason`
    why the bank grants it where the county asks for that (MS-1), as `signed_on` the day of the contract, and as
    `annual_rate` the contract's own rate. `covered` are the applications whose cover the fund has just confirmed.

    Raises: FileRefused: the whole file, by name (`stage_file`). Clauses: FJ-4, FJ-13, LG-38.
    """
    bank, file_id = organisation_of(officer), new_id()
    await conn.execute(_SETTINGS)
    await stage_file(conn, FILE, body, lines, total)
    await _check(conn, officer, bank, today)
    await conn.execute(sql.REFUSE_UNCOVERED, today + COVER_MARGIN, list(covered))
    rejections = [_rejection(row) for row in await conn.fetch(sql.REFUSED, bank, today)]
    summary = await conn.fetchrow(sql.SUMMARY)
    figures = (summary["loans"], summary["amount"], summary["late"], len(rejections))
    await conn.execute(sql.STORE_FILE, file_id, bank, lines, total, *figures, officer.subject)
    await _store_rejections(conn, file_id, rejections)
    await _disburse(conn, officer, bank, file_id, summary["loans"], put_application)
    return DisbursementFileOut(
        id=file_id,
        line_count=lines,
        loan_count=summary["loans"],
        amount=summary["amount"],
        late_count=summary["late"],
        rejected_count=len(rejections),
        rejections=rejections,
    )


async def disburse_application(
    conn: Connection,
    officer: Principal,
    application_id: UUID,
    body: DisbursementIn,
    today: date,
    covered: Collection[UUID],
    put_application: str,
) -> LoanOut:
    """Turn one handed-over application into a loan, by the same checks and statements as a file.

    Raises: one of `loans.refusals`. Clauses: FJ-4, FJ-13, LG-38.
    """
    bank = organisation_of(officer)
    await stage_line(conn, FILE, _fields(application_id, body))
    await _check(conn, officer, bank, today)
    await conn.execute(sql.REFUSE_UNCOVERED, today + COVER_MARGIN, list(covered))
    for row in await conn.fetch(sql.REFUSED, bank, today):
        raise refusal_of(row["code"], row)
    loan_id = await _disburse(conn, officer, bank, None, 1, put_application)
    return await get_loan(conn, loan_id, Scope.within(officer.regions_for(Right.LOANS_DISBURSE), bank))


async def free_account(conn: Connection, loan_id: UUID, bank: str) -> None:
    """Free the account that a disbursement, which was taken back, went to, for other households (SX-1)."""
    await conn.execute(sql.LOCK_PAYEES, bank)
    await conn.execute(sql.FREE_ACCOUNT, loan_id)


def _fields(application_id: UUID, body: DisbursementIn) -> tuple[str, ...]:
    return (
        str(application_id),
        body.contract_number,
        body.bank_reference,
        body.disbursed_on.isoformat(),
        body.account_reference or "",
        body.bank_reason or "",
        "" if body.signed_on is None else body.signed_on.isoformat(),
        "" if body.annual_rate is None else f"{body.annual_rate:f}",
        f"{body.amount:.2f}",
    )


async def _check(conn: Connection, officer: Principal, bank: str, today: date) -> None:
    await hold_publications(conn)
    await conn.execute(sql.CREATE_LINES)
    await conn.fetchval(sql.LOCK)
    await conn.execute(sql.CHECK, bank, officer.regions_for(Right.LOANS_DISBURSE), today)
    await conn.execute("ANALYZE disbursement_line")
    await _refuse_banned_modes(conn)
    await _refuse_rates(conn)
    if await conn.fetch(sql.LOCK_ACCOUNTS, bank):
        await conn.execute(sql.REFUSE_ACCOUNTS, bank)


async def _refuse_banned_modes(conn: Connection) -> None:
    # The day of the disbursement decides, whenever the application was filed (LG-28).
    banned = [
        row
        for row in await conn.fetch(sql.MODES)
        if modes.is_banned(row["mode"], await _entity_rules(conn, row), row["disbursed_on"])
    ]
    if banned:
        columns = [[row[name] for row in banned] for name in ("pack_id", "product_code", "mode", "disbursed_on")]
        await conn.execute(sql.REFUSE_MODES, *columns)


async def _refuse_rates(conn: Connection) -> None:
    # The rate that the bank states is the county's, at most that, or the bank's own, as the pack says.
    refused = []
    for row in await conn.fetch(sql.RATES):
        published, loan_terms = await _published(conn, row)
        code = refused_rate(row["annual_rate"], published, loan_terms)
        if code is not None:
            refused.append((*row.values(), code, annual_rate(published, loan_terms)))
    if refused:
        await conn.execute(sql.REFUSE_RATES, *(list(column) for column in zip(*refused, strict=True)))


async def _published(conn: Connection, asked: Mapping[str, Any]) -> tuple[Decimal, LoanTerms]:
    loan_terms = (await pack_for(conn, asked["pack_id"], asked["product_code"])).loan_terms
    column = rate_column(loan_terms, asked["term_months"])
    return await reference_rate(conn, loan_terms.rate_basis, asked["signed_on"], column), loan_terms


async def _entity_rules(conn: Connection, row: Any) -> EntityRules:
    return (await pack_for(conn, row["pack_id"], row["product_code"])).pack.entity_rules()


async def _disburse(
    conn: Connection, officer: Principal, bank: str, file_id: UUID | None, expected: int, put_application: str
) -> UUID:
    contracts = [await _contract(conn, ContractTerms(**row)) for row in await conn.fetch(sql.TERMS)]
    await stage_contracts(conn, contracts)
    await conn.execute(sql.STORE_ACCOUNTS, bank)
    made = await conn.fetchrow(sql.disburse(put_application), bank, file_id, officer.subject, current_traceparent())
    if (made["loans"], made["applications"]) != (expected, expected):
        raise AssertionError(f"{expected} lines were right, but {made['loans']} loans came of them.")
    return UUID(made["first_loan"]) if made["first_loan"] else UUID(int=0)


async def _contract(conn: Connection, terms: ContractTerms) -> tuple[Contract, LoanTerms]:
    # Lines share terms, so a file of 11 000 asks for few rates and few schedules.
    published, loan_terms = await _published(conn, asdict(terms))
    stated = None if terms.agreed_rate is None else Decimal(f"{terms.agreed_rate.normalize():f}")
    return contract(terms, loan_terms, annual_rate(published, loan_terms) if stated is None else stated), loan_terms


async def stage_contracts(conn: Connection, contracts: Sequence[tuple[Contract, LoanTerms]]) -> None:
    """Put contracts with their schedules where the statement that makes loans of them finds them."""
    await conn.execute(sql.CREATE_CONTRACTS)
    await conn.execute(sql.CREATE_INSTALLMENTS)
    rows = [_contract_row(number, *made) for number, made in enumerate(contracts)]
    await conn.copy_records_to_table("contract", records=rows, columns=sql.CONTRACT_COLUMNS)
    installments = [
        (number, row.number, row.period_from, row.due_on, row.days, row.principal, row.interest)
        for number, (made, _) in enumerate(contracts)
        for row in made.installments
    ]
    await conn.copy_records_to_table("contract_installment", records=installments, columns=sql.INSTALLMENT_COLUMNS)
    await conn.execute("ANALYZE contract")
    await conn.execute("ANALYZE contract_installment")


def _contract_row(number: int, made: Contract, loan_terms: LoanTerms) -> tuple[Any, ...]:
    terms = made.terms
    due_on = [row.due_on for row in made.installments]
    how = floating(loan_terms, None, made.annual_rate, terms.disbursed_on, due_on)
    return (
        number,
        terms.pack_id,
        terms.product_code,
        terms.term_months,
        terms.disbursed_on,
        terms.signed_on or terms.disbursed_on,
        terms.principal,
        terms.agreed_rate,
        made.annual_rate,
        made.matures_on,
        made.interest,
        str(loan_terms.day_count),
        str(loan_terms.repayment_method),
        str(loan_terms.rounding),
        loan_terms.early_payment_window_days,
        loan_terms.grace_days,
        loan_terms.penalty_multiplier,
        loan_terms.default_after_days,
        loan_terms.prepayment_allowed,
        [str(kind) for kind in loan_terms.allocation_order],
        loan_terms.tolerance or ZERO,
        loan_terms.misuse_multiplier or LEAST_OF_MISUSE,
        str(loan_terms.unpaid_interest_bears or UnpaidInterest.PENALTY_RATE),
        terms.own_terms,
        how and how.next_after(terms.disbursed_on),
    )


def _rejection(row: Any) -> RejectedDisbursement:
    refusal = refusal_of(row["code"], row)
    return RejectedDisbursement(
        line_number=row["line_number"], application_id=row["application_id"], code=refusal.code, reason=refusal.detail
    )


async def _store_rejections(conn: Connection, file_id: UUID, rejections: Sequence[RejectedDisbursement]) -> None:
    if rejections:
        await conn.execute(
            sql.STORE_REJECTIONS,
            file_id,
            [line.line_number for line in rejections],
            [line.code for line in rejections],
            [line.reason for line in rejections],
        )
