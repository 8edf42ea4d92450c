"""Hand approved applications over to the bank, as far as the fund has cover; take applications back (FJ-4, FJ-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from services.lending.applications.actions.deciding import ensure_documents
from services.lending.applications.actions.rows import (
    LockedApplication,
    ensure_on_or_after,
    lock_batch,
    pack_of,
    state_after,
    states_of,
)
from services.lending.applications.refusals import ChangedMeanwhile, EnterpriseUseEnded, ReservationTooShort, WrongStage
from services.lending.applications.rules.approval import State, Transition
from services.lending.applications.schemas.applications import (
    CountAndAmount,
    HandOverIn,
    HandOverOut,
    NotCovered,
)
from services.lending.checks.queries import ensure_checked
from services.lending.clients import Cover, reserve_cover
from services.lending.loans.rules import modes
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.offices import Step, offices_in_whose_name
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import ApprovalLevel, Office
from shared.regions import county_of
from shared.web.writes import Writer
from shared.workdays import add_workdays

_HANDED_OVER: Final = """
UPDATE application SET state = 'handed_over', state_from = $2, handed_over_on = $2, handed_over_by = $3,
  disbursement_due_on = $4, cover_expires_on = CASE WHEN id = ANY ($5::uuid[]) THEN $6::date END
WHERE id = ANY ($1::uuid[]) AND state = 'approved'
"""
# What riskfund answers where every loan is granted without its cover.
NOTHING_ASKED: Final = Cover(frozenset(), frozenset(), {}, None, None)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A batch's applications that can be handed over, and under which pack."""

    rows: Sequence[LockedApplication]
    pack: ConfirmedPack
    office: Office
    disbursement_due_on: date
    expires_on: date


async def ask_riskfund(
    riskfund: PeerClient, write: Writer, officer: Principal, batch_id: UUID, body: HandOverIn
) -> Cover | None:
    """Ask riskfund for cover before the hand-over's transaction; None when the request has its answer already.

    No lock is held while riskfund works. Reservations are idempotent per application, so that a crash between asking
    and handing over is healed by sending the same request again.

    Raises:
        what `hand_over` raises for the batch; PeerUnavailable: riskfund did not answer in time.
    """
    if await write.is_answered():
        return None
    async with write.database.transaction() as conn:
        ready = await _ready(conn, officer, batch_id, body)
    asked = {row.id: row.amount for row in ready.rows if not row.without_cover}
    if not asked:
        return NOTHING_ASKED
    return await reserve_cover(
        riskfund,
        county_of(ready.rows[0].region_code),
        ready.rows[0].bank_code,
        body.handed_over_on,
        ready.expires_on,
        asked,
        f"{write.caller.subject}/{write.key}",
        ready.pack.product_code,
    )


async def hand_over(
    conn: Connection, officer: Principal, batch_id: UUID, body: HandOverIn, cover: Cover | None
) -> HandOverOut:
    """Hand over what riskfund has reserved cover for; the rest stays approved and can be handed over later.

    Loans that the county's rules grant without cover need none.

    Raises:
        BatchUnknown, OtherOffice, WrongStage, DateBeforeStep, DocumentsMissing, EnterpriseUseEnded, ChecksMissing,
        ReservationTooShort.
    """
    ready = await _ready(conn, officer, batch_id, body)
    if cover is None:
        raise ChangedMeanwhile
    covered = [row for row in ready.rows if row.without_cover or row.id in cover.reserved]
    for row in covered:
        state_after(ready.pack, row, Transition.HAND_OVER)
    await _enter_handed_over(conn, officer, covered, body.handed_over_on, ready)
    left = [row for row in ready.rows if row.id in cover.refused]
    answer = HandOverOut(
        id=new_id(),
        batch_id=batch_id,
        handed_over_on=body.handed_over_on,
        disbursement_due_on=ready.disbursement_due_on,
        handed_over=CountAndAmount(count=len(covered), amount=sum((row.amount for row in covered), ZERO)),
        not_covered=_not_covered(left, cover) if left else None,
        cover=dict(cover.figures),
    )
    await conn.execute(
        "INSERT INTO hand_over (id, batch_id, handed_over_on, handed_over_by, applications, amount, not_covered, "
        "cover, office) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        answer.id,
        batch_id,
        body.handed_over_on,
        officer.subject,
        len(covered),
        answer.handed_over.amount,
        len(left),
        answer.cover,
        str(ready.office),
    )
    return answer


async def _ready(conn: Connection, officer: Principal, batch_id: UUID, body: HandOverIn) -> _Ready:
    regions = officer.regions_for(Right.APPLICATIONS_HAND_OVER)
    rows = await lock_batch(conn, batch_id, regions)
    pack = await pack_of(conn, rows)
    office = offices_in_whose_name(officer, Step.HAND_OVER, {row.region_code for row in rows}, pack.pack)[0]
    approved = [row for row in rows if row.state is State.APPROVED]
    if not approved:
        raise WrongStage("hand-over", await states_of(conn, batch_id, regions))
    ensure_on_or_after("handed_over_on", body.handed_over_on, approved)
    ensure_documents(pack, approved, ApprovalLevel.BANK)
    _ensure_may_be_granted(pack, approved, body.handed_over_on)
    await ensure_checked(conn, pack.pack.follow_up, [row.id for row in approved], body.handed_over_on)
    disbursement_due_on = add_workdays(body.handed_over_on, pack.approval_chain.disbursement_working_days)
    valid = body.handed_over_on + timedelta(days=pack.fund_rule.reservation_valid_days)
    expires_on = body.expires_on or max(valid, disbursement_due_on)
    if expires_on < disbursement_due_on:
        raise ReservationTooShort(expires_on, disbursement_due_on)
    return _Ready(approved, pack, office, disbursement_due_on, expires_on)


def _ensure_may_be_granted(pack: ConfirmedPack, rows: Sequence[LockedApplication], on: date) -> None:
    """Refuse ways of using a loan that are banned by now, whenever the application was filed (LG-28)."""
    rules = pack.pack.entity_rules()
    if banned := [row.id for row in rows if modes.is_banned(row.mode, rules, on)]:
        raise EnterpriseUseEnded(on, banned)


async def _enter_handed_over(
    conn: Connection, officer: Principal, covered: Sequence[LockedApplication], on: date, ready: _Ready
) -> None:
    ids, held = [row.id for row in covered], [row.id for row in covered if not row.without_cover]
    result = await conn.execute(
        _HANDED_OVER, ids, on, officer.subject, ready.disbursement_due_on, held, ready.expires_on
    )
    if int(result.split()[-1]) != len(covered):
        raise ChangedMeanwhile


def _not_covered(left: Sequence[LockedApplication], cover: Cover) -> NotCovered:
    amount = sum((row.amount for row in left), ZERO)
    missing = f"{cover.missing}" if cover.missing is not None else "?"
    return NotCovered(
        count=len(left),
        amount=amount,
        code=cover.code or "cover-exhausted",
        detail=cover.detail
        or f"风险补偿金可用额度不足，{len(left)}笔共{amount}元未移交，需补充{missing}元后再移交。 "
        f"The fund has no cover for {len(left)} loans of {amount}; once {missing} is paid in, hand over again.",
        missing_amount=cover.missing,
    )
