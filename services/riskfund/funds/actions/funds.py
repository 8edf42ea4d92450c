"""Open a county's fund and book what the county pays into it."""

from uuid import UUID

import asyncpg

from services.riskfund.funds import queries
from services.riskfund.funds.actions import ledger
from services.riskfund.funds.actions.movements import Movement, move
from services.riskfund.funds.refusals import FundExists, FundUnknown
from services.riskfund.funds.rules import postings
from services.riskfund.funds.schemas import ContributionIn, ContributionOut, FundIn, FundOut
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.riskfund import FundContributionReceived
from shared.ids import new_id
from shared.offices import Step

_OPEN = """
INSERT INTO fund (id, county_code, name, account_bank, opened_on, opened_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# Waits for consumers that are just adding loans, so that none is left out of the new fund's exposure.
_LOCK_LOANS = "LOCK TABLE covered_loan IN SHARE MODE"
_EXPOSURE = "SELECT coalesce(sum(outstanding), 0.00) FROM covered_loan WHERE county_code = $1 AND NOT without_cover"
_CONTRIBUTE = """
INSERT INTO contribution (id, fund_id, amount, received_on, source, bank_reference, entry_id, recorded_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_LOCK_FUND = "SELECT id, county_code, opened_on FROM fund WHERE id = $1 AND county_code ^@ ANY($2::text[]) FOR UPDATE"


async def open_fund(conn: Connection, officer: Principal, body: FundIn) -> FundOut:
    """Open the county's special account (LG-37); loans that are covered already count as its exposure.

    Raises:
        OtherOffice: the county's pack has others keep the account.
        FundExists: the county has one.
    """
    officer.ensure_region(Right.FUNDS_OPEN, body.county_code)
    office = await acting_in(conn, officer, Step.FUND_OPENING, body.county_code, body.opened_on)
    await conn.execute(_LOCK_LOANS)
    fund_id = new_id()
    try:
        async with conn.transaction():
            named = body.county_code, body.name, body.account_bank, body.opened_on
            await conn.execute(_OPEN, fund_id, *named, officer.subject, str(office))
    except asyncpg.UniqueViolationError:
        raise FundExists(body.county_code) from None
    await ledger.open_accounts(conn, fund_id)
    exposure = await conn.fetchval(_EXPOSURE, body.county_code)
    if exposure:
        await move(conn, [Movement(body.county_code, body.opened_on, exposure=exposure)])
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
    transfer = ledger.Transfer(fund["county_code"], body.received_on, officer.subject, body.bank_reference)
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
