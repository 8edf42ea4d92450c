"""Dividends over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import (
    ApproveDividends,
    PrepareDividends,
    ReadAgreements,
    RecordDividends,
    ReviewDividends,
)
from services.subsidy.dividends import queries
from services.subsidy.dividends.actions import paying, running
from services.subsidy.dividends.schemas import (
    DividendAccountsOut,
    DividendDecisionIn,
    DividendPaymentsIn,
    DividendReturnIn,
    DividendRunIn,
    DividendRunOut,
    SecurityDrawDecisionIn,
    SecurityDrawIn,
    SecurityDrawOut,
)
from services.subsidy.proposals.schemas import ReversalOut
from shared.access import Right
from shared.scope import scope_of
from shared.web.bodies import Answer, Day
from shared.web.edge import Read, Today
from shared.web.writes import Write

router = APIRouter(tags=["分红 Dividends"])


class DividendRunsOut(Answer):
    """The runs of an agreement."""

    items: list[DividendRunOut]


@router.post("/agreements/{agreement_id}/dividend-runs", status_code=201, response_model=DividendRunOut)
async def prepare_dividend_run(
    agreement_id: UUID, body: DividendRunIn, officer: PrepareDividends, write: Write
) -> Response:
    """Prepare what a year that is over brings each household, less what was granted for it (ZJ-4(a), ZJ-5(a))."""
    return await write(lambda tx: running.prepare_run(tx, officer, agreement_id, body))


@router.get("/agreements/{agreement_id}/dividend-runs", status_code=200, response_model=DividendRunsOut)
async def list_dividend_runs(agreement_id: UUID, officer: ReadAgreements, conn: Read) -> DividendRunsOut:
    """List the runs of an agreement, with what each household gets."""
    regions = scope_of(officer, Right.AGREEMENTS_READ).regions
    return DividendRunsOut(items=await queries.list_runs(conn, regions, agreement_id))


@router.post("/dividend-runs/{run_id}/reviews", status_code=201, response_model=DividendRunOut)
async def review_dividend_run(
    run_id: UUID, body: DividendDecisionIn, officer: ReviewDividends, write: Write
) -> Response:
    """Review a prepared run; another person than who prepared it."""
    return await write(lambda tx: running.review_run(tx, officer, run_id, body))


@router.post("/dividend-runs/{run_id}/approvals", status_code=201, response_model=DividendRunOut)
async def approve_dividend_run(
    run_id: UUID, body: DividendDecisionIn, officer: ApproveDividends, write: Write
) -> Response:
    """Grant a reviewed run or return it, by the office that the county's pack names."""
    return await write(lambda tx: running.decide_run(tx, officer, run_id, body))


@router.post("/agreements/{agreement_id}/dividend-payments", status_code=201, response_model=DividendAccountsOut)
async def record_dividend_payments(
    agreement_id: UUID, body: DividendPaymentsIn, officer: RecordDividends, write: Write
) -> Response:
    """Record transfers of the entity's bank to its households: all, a part, late, or out of the security."""
    return await write(lambda tx: paying.record_payments(tx, officer, agreement_id, body))


@router.post("/dividend-payments/{payment_id}/returns", status_code=201, response_model=ReversalOut)
async def propose_dividend_payment_return(
    payment_id: UUID, body: DividendReturnIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose that a transfer came back to the entity's bank; once another person confirms, it is owed again.

    It is decided with the other reversals of agreements (`agreement-reversals`).
    """
    return await write(lambda tx: paying.propose_return(tx, officer, payment_id, body))


@router.get("/agreements/{agreement_id}/dividend-accounts", status_code=200, response_model=DividendAccountsOut)
async def show_dividend_accounts(
    agreement_id: UUID, officer: ReadAgreements, conn: Read, today: Today, as_of: Day | None = None
) -> DividendAccountsOut:
    """Show what each household was granted, is due, got and lacks on a day."""
    regions = scope_of(officer, Right.AGREEMENTS_READ).regions
    return await queries.get_accounts(conn, regions, agreement_id, as_of or today)


@router.post("/agreements/{agreement_id}/security-draws", status_code=201, response_model=SecurityDrawOut)
async def propose_security_draw(
    agreement_id: UUID, body: SecurityDrawIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose to use the entity's security for dividends in arrears (ZJ-4(b))."""
    return await write(lambda tx: paying.propose_draw(tx, officer, agreement_id, body))


@router.post("/security-draws/{draw_id}/decisions", status_code=201, response_model=SecurityDrawOut)
async def decide_security_draw(
    draw_id: UUID, body: SecurityDrawDecisionIn, officer: ApproveDividends, write: Write
) -> Response:
    """Let the security be drawn on or not; never one's own proposal."""
    return await write(lambda tx: paying.decide_draw(tx, officer, draw_id, body))
