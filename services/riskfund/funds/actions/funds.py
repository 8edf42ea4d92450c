"""Open a county's fund and book what the county pays into it."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from uuid import UUID

import asyncpg

from services.riskfund.funds import queries
from services.riskfund.funds.actions import ledger
from services.riskfund.funds.actions.movements import Movement, move
from services.riskfund.funds.refusals import FundExists, FundUnknown, LenderAccountNotNamed
from services.riskfund.funds.rules import postings
from services.riskfund.funds.rules.cover_limit import account_banks
from services.riskfund.funds.schemas import ContributionIn, ContributionOut, FundIn, FundOut
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.riskfund import FundContributionReceived
from shared.ids import new_id
from shared.offices import Step
from shared.policy.copies import find_current_pack

_OPEN = """
INSERT INTO fund (id, county_code, bank_code, name, account_bank, opened_on, opened_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_CONTRIBUTE = """
INSERT INTO contribution (id, fund_id, amount, received_on, source, bank_reference, entry_id, recorded_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_LOCK_FUND = "SELECT id, county_code, opened_on FROM fund WHERE id = $1 AND county_code ^@ ANY($2::text[]) FOR UPDATE"


# What rooms above this one do in the same transaction when an account opens: its id, county and bank, and the banks
# that have accounts of their own. Returns the exposure in yuan that it takes over.
WhenOpened = Callable[[Connection, UUID, str, str | None, Sequence[str]], Awaitable[Decimal]]
_when_opened: list[WhenOpened] = []


def when_an_account_opens(*actions: WhenOpened) -> None:
    """Set what rooms above this one do when an account opens."""
    _when_opened[:] = actions


async def open_fund(conn: Connection, officer: Principal, body: FundIn) -> FundOut:
    """Open the county's special account (LG-37), or one for a bank's loans alone.

    Loans that no account covers yet are covered by it: a bank's own by its account, the others by the county's.

    Raises:
        OtherOffice: the county's pack has others keep the account.
        LenderAccountNotNamed: the pack gives this bank no account of its own.
        FundExists: the county, or the bank in it, has one.
    """
    officer.ensure_region(Right.FUNDS_OPEN, body.county_code)
    office = await acting_in(conn, officer, Step.FUND_OPENING, body.county_code, body.opened_on)
    pack = await find_current_pack(conn, body.county_code, body.opened_on)
    named = account_banks(product.fund_rule for product in pack.each_product()) if pack else []
    if body.bank_code is not None and body.bank_code not in named:
        raise LenderAccountNotNamed(body.bank_code, named)
    fund_id = new_id()
    try:
        async with conn.transaction():
            said = body.county_code, body.bank_code, body.name, body.account_bank, body.opened_on
            await conn.execute(_OPEN, fund_id, *said, officer.subject, str(office))
    except asyncpg.UniqueViolationError:
        raise FundExists(body.county_code, body.bank_code) from None
    await ledger.open_accounts(conn, fund_id)
    for cover_uncovered in _when_opened:
        exposure = await cover_uncovered(conn, fund_id, body.county_code, body.bank_code, named)
        await move(conn, [Movement(fund_id, body.opened_on, exposure=exposure)] if exposure else [])
    return await queries.get_fund(conn, fund_id, [""], body.opened_on)


async def contribute(conn: Connection, officer: Principal, fund_id: UUID, body: ContributionIn) -> ContributionOut:
    """Book money that the county paid in (FJ-13: paid in as lending grows).

    Raises:
        FundUnknown: no such fund in the officer's regions.
        OtherOffice: the county's pack has another office pay in.
        DateBeforeStep: the money is dated before the account existed.
        BankReferenceUsed: the transfer is booked already.
    """
    fund = await conn.fetchrow(_LOCK_FUND, fund_id, officer.regions_for(Right.FUNDS_CONTRIBUTE))
    if fund is None:
        raise FundUnknown(fund_id)
    office = await acting_in(conn, officer, Step.FUND_CONTRIBUTION, fund["county_code"], body.received_on)
    ensure_not_before("received_on", body.received_on, "opened_on", fund["opened_on"])
    transfer = ledger.Transfer(body.received_on, officer.subject, body.bank_reference)
    kind = postings.EntryKind.CONTRIBUTION
    entry_id = await ledger.enter(conn, fund_id, kind, postings.contribution(body.amount), transfer)
    contribution_id = new_id()
    await conn.execute(
        _CONTRIBUTE,
        contribution_id,
        fund_id,
        body.amount,
        body.received_on,
        body.source,
        body.bank_reference,
        entry_id,
        officer.subject,
        str(office),
    )
    shown = ContributionOut(
        id=contribution_id,
        fund_id=fund_id,
        entry_id=entry_id,
        amount=body.amount,
        received_on=body.received_on,
        source=body.source,
        bank_reference=body.bank_reference,
        recorded_by=officer.subject,
        balance=await ledger.cash_of(conn, fund_id),
    )
    await _record(conn, fund["county_code"], shown)
    return shown


async def _record(conn: Connection, county_code: str, booked: ContributionOut) -> None:
    raise_version = "UPDATE fund SET version = version + 1 WHERE id = $1 RETURNING version"
    version = await conn.fetchval(raise_version, booked.fund_id)
    event = FundContributionReceived(
        fund_id=booked.fund_id,
        county_code=county_code,
        amount=booked.amount,
        received_on=booked.received_on,
        balance=booked.balance,
    )
    await outbox.record(conn, event, aggregate_id=booked.fund_id, aggregate_version=version, region_code=county_code)
