"""Reserve the fund's cover for applications, strictly in order and within the multiplier (FJ-13, LG-38)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.riskfund.cover.refusals import (
    BadLoansAboveTolerance,
    CoverStillUsed,
    ProductNotCovered,
    ReservationAmountDiffers,
)
from services.riskfund.cover.schemas import ReservationsIn, ReservationsOut
from services.riskfund.funds.actions.ledger import cash_from
from services.riskfund.funds.actions.movements import Movement, move
from services.riskfund.funds.refusals import FundNotOpen
from services.riskfund.funds.rules.cover_limit import (
    Cover,
    CoverRequest,
    account_of,
    cover_of,
    for_lender,
    in_order,
    is_tolerated,
)
from services.riskfund.funds.schemas import CoverOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.money import ZERO
from shared.policy.bounds import of_lender
from shared.policy.copies import current_pack
from shared.policy.terms import FundRule

COVER_EXHAUSTED = "cover-exhausted"

_LOCK_FUND = """
SELECT id, exposure_total, reserved_total FROM fund
WHERE county_code = $1 AND bank_code IS NOT DISTINCT FROM $2 FOR UPDATE
"""
# What lives is held until the day asked for; the account is locked, so nothing expires meanwhile.
_HELD = """
WITH longer AS (
  UPDATE cover_reservation SET expires_on = $2::date
  WHERE application_id = ANY($1::uuid[]) AND state = 'live' AND expires_on < $2::date
)
SELECT application_id, amount, state FROM cover_reservation
WHERE application_id = ANY($1::uuid[]) AND state IN ('live', 'used')
"""
_BAD = """
SELECT coalesce(sum(outstanding) FILTER (WHERE state = 'defaulted'), 0.00) AS bad,
       coalesce(sum(outstanding), 0.00) AS covered
FROM covered_loan WHERE county_code = $1 AND NOT without_cover AND ($2::text IS NULL OR bank_code = $2)
"""
_RESERVE = """
INSERT INTO cover_reservation (id, fund_id, application_id, amount, reserved_on, expires_on, product_code)
SELECT uuid7(), $1, request.application_id, request.amount, $2, $3, $6
FROM unnest($4::uuid[], $5::numeric[]) AS request (application_id, amount)
"""


async def reserve_cover(conn: Connection, caller: Principal, body: ReservationsIn) -> ReservationsOut:
    """Reserve cover in the order given; the first application that no longer fits ends it for all after it.

    An application that holds cover already is answered as reserved and never counted twice; its cover holds at least
    until the day asked for. Money counts from the day
    on which it arrived in the account: that of the bank where the pack gives it one of its own, else the county's.

    Raises:
        FundNotOpen: the county, or the bank, has no account yet.
        NoPackInForce, ProductUnknown: no pack says how far the fund reaches for this product.
        ProductNotCovered: by the pack it does not reach to this product at all.
        ReservationAmountDiffers: an application holds cover for another amount.
        CoverStillUsed: an application's cover is used by its loan.
        BadLoansAboveTolerance: too many covered loans are in default (SX-6b).
    """
    caller.ensure_region(Right.COVER_RESERVE, body.county_code)
    rules = (await current_pack(conn, body.county_code, body.as_of)).product(body.product_code)
    if rules.loan_terms.covered_by_fund is False:
        raise ProductNotCovered(rules.product_code)
    rule, own_account = for_lender(rules.fund_rule, body.bank_code), account_of(rules.fund_rule, body.bank_code)
    fund = await conn.fetchrow(_LOCK_FUND, body.county_code, own_account)
    if fund is None:
        raise FundNotOpen(body.county_code, own_account)
    balance = await cash_from(conn, fund["id"], body.as_of)
    new = await _without_those_held(conn, body)
    if new:
        await _ensure_tolerated(conn, body, rule)
    before = cover_of(balance, fund["exposure_total"], fund["reserved_total"], rule)
    fitting, refused = in_order(new, before.available)
    await _reserve(conn, fund["id"], rules.product_code, body, fitting)
    reserved = fund["reserved_total"] + _total(fitting)
    cover = cover_of(balance, fund["exposure_total"], reserved, rule, _total(refused))
    assert not fitting or cover.exposure + cover.reserved <= cover.limit, "F7: never above the limit"
    return _answer(body, refused, cover)


async def _ensure_tolerated(conn: Connection, body: ReservationsIn, rule: FundRule) -> None:
    if rule.bad_loan_tolerance is None:
        return
    # A bank with a tolerance of its own is measured by its own loans.
    alone = of_lender(rule.lender_tolerances, body.bank_code) is not None
    found = await conn.fetchrow(_BAD, body.county_code, body.bank_code if alone else None)
    if not is_tolerated(found["bad"], found["covered"], rule):
        raise BadLoansAboveTolerance(found["bad"], found["covered"], rule.bad_loan_tolerance)


async def _without_those_held(conn: Connection, body: ReservationsIn) -> list[CoverRequest]:
    requests = [CoverRequest(item.application_id, item.amount) for item in body.items]
    rows = await conn.fetch(_HELD, [request.application_id for request in requests], body.expires_on)
    held = {row["application_id"]: row["amount"] for row in rows}
    for request in requests:
        if request.application_id in held and held[request.application_id] != request.amount:
            raise ReservationAmountDiffers(request.application_id, held[request.application_id], request.amount)
    for row in rows:
        if row["state"] == "used":
            raise CoverStillUsed(row["application_id"])
    return [request for request in requests if request.application_id not in held]


async def _reserve(
    conn: Connection, fund_id: UUID, product_code: str, body: ReservationsIn, fitting: Sequence[CoverRequest]
) -> None:
    if not fitting:
        return
    ids, amounts = (
        [request.application_id for request in fitting],
        [request.amount for request in fitting],
    )
    await conn.execute(_RESERVE, fund_id, body.as_of, body.expires_on, ids, amounts, product_code)
    await move(conn, [Movement(fund_id, body.as_of, reserved=_total(fitting))])


def _total(requests: Sequence[CoverRequest]) -> Decimal:
    return sum((request.amount for request in requests), ZERO)


def _answer(body: ReservationsIn, refused: Sequence[CoverRequest], cover: Cover) -> ReservationsOut:
    without = {request.application_id for request in refused}
    return ReservationsOut(
        reserved_applications=[item.application_id for item in body.items if item.application_id not in without],
        refused_applications=[request.application_id for request in refused],
        cover=CoverOut.of(cover),
        code=COVER_EXHAUSTED if refused else None,
        detail=exhausted_sentence(refused, cover) if refused else None,
    )


def exhausted_sentence(refused: Sequence[CoverRequest], cover: Cover) -> str:
    """Name the first refused application and the money that must be paid in, in both languages."""
    first, count = refused[0], len(refused)
    return (
        f"担保额度已满：自申请 {first.application_id}（{first.amount} 元）起共 {count} 笔未能占用额度，"
        f"风险补偿金需补充 {cover.missing} 元后再行申请。 "
        f"Cover exhausted: application {first.application_id} ({first.amount} yuan) is the first of {count} that no "
        f"longer fit; pay {cover.missing} yuan into the fund and ask again."
    )


_EXPIRE = """
WITH expired AS (
  UPDATE cover_reservation r SET state = 'expired', ended_on = $2
  FROM fund f WHERE f.id = r.fund_id AND f.county_code = $1 AND r.state = 'live' AND r.expires_on < $2
  RETURNING r.fund_id, r.amount
)
SELECT fund_id, count(*) AS reservations, sum(amount) AS amount FROM expired GROUP BY fund_id
"""


async def expire_reservations(conn: Connection, county_code: str, as_of: date) -> tuple[int, Decimal]:
    """End live reservations whose last day lies before `as_of`; return their number and amount in yuan.

    The caller holds the locks of the county's accounts, so a disbursement is applied wholly before or wholly after.
    """
    rows = await conn.fetch(_EXPIRE, county_code, as_of)
    await move(conn, [Movement(row["fund_id"], as_of, reserved=-row["amount"]) for row in rows])
    return sum(row["reservations"] for row in rows), sum((row["amount"] for row in rows), ZERO)
