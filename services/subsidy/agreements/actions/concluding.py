"""Draft, sign, confirm and withdraw an agreement; one delegate takes over from another (ZJ-2a, ZJ-2b, ZJ-5)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import (
    ensure_complete,
    lock_agreement,
    store_terms,
    stored_terms,
)
from services.subsidy.agreements.queries import get_agreement
from services.subsidy.agreements.refusals import (
    AgreementFollowsAnother,
    AgreementNumberTaken,
    AgreementProjectUnknown,
    AgreementUnknown,
)
from services.subsidy.agreements.schemas import (
    AgreementConfirmationIn,
    AgreementDelegateIn,
    AgreementDetail,
    AgreementIn,
    AgreementSignatureIn,
    AgreementWithdrawalIn,
)
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import AgreementConfirmed
from shared.ids import new_id
from shared.offices import Step
from shared.regions import county_of

_DRAFT: Final = """
INSERT INTO agreement (id, county_code, region_code, number, kind, project_id, follows_id, valid_from, valid_until,
  entity_id, dividend_form, drafted_by, drafted_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING *
"""
_FOLLOWED: Final = """
SELECT kind, project_id FROM agreement WHERE id = $1 AND region_code ^@ ANY ($2::text[]) AND state <> 'withdrawn'
"""
# A village's agreement may rest on its township's project, and the other way about.
_PROJECT: Final = "SELECT 1 FROM project WHERE id = $1 AND (region_code ^@ $2 OR $2 ^@ region_code)"
_DELEGATE: Final = "INSERT INTO agreement_delegate (agreement_id, from_on, name, recorded_by) VALUES ($1, $2, $3, $4)"
_SIGN: Final = """
UPDATE agreement SET state = 'signed', signed_on = $2, signed_document = $3, signed_by = $4 WHERE id = $1
"""
_CONFIRM: Final = """
UPDATE agreement SET state = 'in_force', confirmed_by = $2, confirmed_as = $3, confirmed_on = $4,
  security_needed = $5, event_version = event_version + 1 WHERE id = $1 RETURNING *
"""
_WITHDRAW: Final = "UPDATE agreement SET state = 'withdrawn', ended_on = $2 WHERE id = $1"
_LAST_DELEGATE: Final = "SELECT max(from_on) FROM agreement_delegate WHERE agreement_id = $1"


async def draft_agreement(conn: Connection, officer: Principal, body: AgreementIn) -> AgreementDetail:
    """Draft an agreement in the place of another one, or a first one (ZJ-4(d)).

    Raises:
        OutsideRegion, AgreementProjectUnknown, AgreementNumberTaken, AgreementHouseholdsUnknown.
        AgreementUnknown, AgreementFollowsAnother: it takes no place that the officer's own agreements leave.
    """
    officer.ensure_region(Right.AGREEMENTS_DRAFT, body.region_code)
    county, terms = county_of(body.region_code), body.terms
    await _ensure_may_follow(conn, officer, body)
    if body.project_id is not None and not await conn.fetchval(_PROJECT, body.project_id, body.region_code):
        raise AgreementProjectUnknown(body.project_id)
    place = county, body.region_code, body.number, body.kind, body.project_id, body.follows_id
    what = terms.valid_from, terms.valid_until, terms.entity_id, terms.dividend_form
    row = await conn.fetchrow(_DRAFT, new_id(), *place, *what, officer.subject, body.drafted_on)
    if row is None:
        raise AgreementNumberTaken(body.number)
    who: dict[str, Any] = {"by": officer.subject, "on": body.drafted_on}
    await store_terms(conn, row["id"], body.region_code, 1, terms, state="holds", reason=None, **who)
    if body.delegate_name is not None:
        await conn.execute(_DELEGATE, row["id"], terms.valid_from, body.delegate_name, officer.subject)
    return await get_agreement(conn, [body.region_code], row["id"])


async def _ensure_may_follow(conn: Connection, officer: Principal, body: AgreementIn) -> None:
    if body.follows_id is None:
        return
    followed = await conn.fetchrow(_FOLLOWED, body.follows_id, officer.regions_for(Right.AGREEMENTS_DRAFT))
    if followed is None:
        raise AgreementUnknown(body.follows_id)
    if (followed["kind"], followed["project_id"]) != (body.kind, body.project_id):
        raise AgreementFollowsAnother(body.follows_id, followed["kind"], followed["project_id"])


async def sign_agreement(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementSignatureIn
) -> AgreementDetail:
    """Record that all parties signed a complete agreement.

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, AgreementIncomplete.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_DRAFT, agreement_id, "drafted")
    ensure_not_before("signed_on", body.signed_on, "drafted_on", row["drafted_on"])
    await ensure_complete(conn, row, await stored_terms(conn, agreement_id, row["version"]), body.signed_on)
    await conn.execute(_SIGN, agreement_id, body.signed_on, body.signed_document, officer.subject)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def confirm_agreement(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementConfirmationIn
) -> AgreementDetail:
    """Put a signed agreement into force, by the office that the pack names and by nobody who drafted or signed it.

    Raises:
        AgreementUnknown, OtherOffice, AgreementStateWrong, MakerIsChecker, DateBeforeStep, AgreementIncomplete.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_CONFIRM, agreement_id)
    office = await acting_in(conn, officer, Step.AGREEMENT_CONFIRMATION, row["region_code"], body.confirmed_on)
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_CONFIRM, agreement_id, "signed")
    if officer.subject in (row["drafted_by"], row["signed_by"]):
        raise MakerIsChecker(officer.subject)
    ensure_not_before("confirmed_on", body.confirmed_on, "signed_on", row["signed_on"])
    needed = await ensure_complete(conn, row, await stored_terms(conn, agreement_id, row["version"]), body.confirmed_on)
    said = officer.subject, str(office), body.confirmed_on
    confirmed: Any = await conn.fetchrow(_CONFIRM, agreement_id, *said, needed)
    await _record_confirmed(conn, confirmed, body.confirmed_on)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def withdraw_agreement(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementWithdrawalIn
) -> AgreementDetail:
    """Withdraw an agreement that does not hold yet.

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_DRAFT, agreement_id, "drafted", "signed")
    ensure_not_before("withdrawn_on", body.withdrawn_on, "drafted_on", row["drafted_on"])
    await conn.execute(_WITHDRAW, agreement_id, body.withdrawn_on)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def replace_delegate(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementDelegateIn
) -> AgreementDetail:
    """Let a delegate take over from the one before, so that the place is never empty (ZJ-5(c)).

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_DRAFT, agreement_id, "drafted", "signed", "in_force")
    last: date | None = await conn.fetchval(_LAST_DELEGATE, agreement_id)
    earliest = last.fromordinal(last.toordinal() + 1) if last else row["valid_from"]
    ensure_not_before("from_on", body.from_on, "day_after_the_last_one", earliest)
    await conn.execute(_DELEGATE, agreement_id, body.from_on, body.delegate_name, officer.subject)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def _record_confirmed(conn: Connection, row: Any, on: date) -> None:
    detail = await get_agreement(conn, [row["region_code"]], row["id"])
    event = AgreementConfirmed(
        agreement_id=row["id"],
        county_code=row["county_code"],
        kind=row["kind"],
        dividend_form=row["dividend_form"],
        project_id=row["project_id"],
        entity_id=row["entity_id"],
        households=detail.household_count,
        grant_amount=detail.grant_amount,
        loan_amount=detail.loan_amount,
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        confirmed_on=on,
    )
    await outbox.record(
        conn,
        event,
        aggregate_id=row["id"],
        aggregate_version=row["event_version"],
        region_code=row["region_code"],
    )
