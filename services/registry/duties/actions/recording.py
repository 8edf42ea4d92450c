"""Record that a duty was done, on what proof, and withdraw what was recorded wrongly."""

from dataclasses import asdict
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.registry.duties.actions.collecting import ensure_collected
from services.registry.duties.actions.ordering import (
    LOCK,
    order_by_record,
    summon_by_rankings,
    take_back_orders_of,
)
from services.registry.duties.pack_rules import summons_names_deadline
from services.registry.duties.queries import RECORDS, get_record
from services.registry.duties.refusals import (
    AssessmentUnclear,
    DutyAlreadyDone,
    DutyEnded,
    DutyOfAnotherOffice,
    DutyPicturesMissing,
    DutyRecordUnfit,
    DutyRecordUnknown,
    DutyRecordWithdrawnBefore,
    DutyResultsIncomplete,
    DutyUnknown,
    FollowUpNeedsOrder,
    RankingUnclear,
    RewardAgainstResult,
    SummonsNeedsDeadline,
)
from services.registry.duties.rules.kinds import KINDS, DutyKind, Part, Subjects, lacking_and_needless
from services.registry.duties.rules.results import (
    Result,
    is_assessment,
    is_ranking,
    is_to_be_put_right,
    last_of,
    mismatch,
    out_of_order,
)
from services.registry.duties.schemas import DutyRecordIn, DutyRecordOut, DutyWithdrawalIn
from services.registry.evidence import plain
from services.registry.policy.packs.queries import pack_by_id
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.registry import DutyDone, DutyRecordWithdrawn
from shared.ids import new_id
from shared.offices import role_of
from shared.outbox import record
from shared.policy.vocabulary import Office

_SUBJECTS: Final = {
    Subjects.TOWNSHIPS: """
SELECT code FROM region WHERE level = 'township' AND code ^@ $1 AND coalesce(valid_from <= $3, true)
  AND coalesce(valid_until > $2, true)
""",
    Subjects.BANKS: """
SELECT DISTINCT bank_code FROM household_loan WHERE village_code ^@ $1 AND bank_code IS NOT NULL AND disbursed_on <= $3
  AND coalesce(closed_on >= $2, true)
""",
    Subjects.ENTITIES: """
SELECT id::text FROM implementing_entity WHERE region_code ^@ $1 AND registered_on <= $3
  AND coalesce(ended_on >= $2, true)
""",
}
# Pictures of the household's own file, each for one record only; taken when they were uploaded, by China's calendar.
_PICTURES: Final = """
SELECT n.id, v.added_on
FROM unnest($1::uuid[]) AS n (id)
LEFT JOIN LATERAL (
  SELECT max((v.added_at AT TIME ZONE 'Asia/Shanghai')::date) AS added_on FROM document d
  JOIN document_version v ON v.document_id = d.id
  WHERE d.id = n.id AND d.household_id = $2 AND v.withdrawn_at IS NULL AND v.media_type LIKE 'image/%'
    AND (v.added_at AT TIME ZONE 'Asia/Shanghai')::date >= $3
    AND NOT EXISTS (SELECT FROM duty_record r WHERE r.document_ids @> ARRAY[n.id] AND r.withdrawn_on IS NULL)
) v ON true
"""
_LOCK_DOCUMENTS: Final = "SELECT id FROM document WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_STORE: Final = """
INSERT INTO duty_record (id, duty_id, done_on, text, household_count, amount, satisfied_percent, visit, person,
  used_as_agreed, risk, results, last_place, evidence, document_ids, recorded_by, recorded_office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""
_RAISE_VERSION: Final = "UPDATE duty SET version = version + 1 WHERE id = $1 RETURNING version"
_FIND: Final = f"{RECORDS} WHERE id = $1 FOR UPDATE"
_WITHDRAW: Final = "UPDATE duty_record SET withdrawn_on = $2, withdrawal_reason = $3, withdrawn_by = $4 WHERE id = $1"


async def record_duty(conn: Connection, officer: Principal, duty_id: UUID, body: DutyRecordIn) -> DutyRecordOut:
    """Record that a duty was done; what is found wrong is ordered to be put right, and who is last is summoned.

    Raises:
        DutyUnknown, DutyOfAnotherOffice, DutyEnded, DutyAlreadyDone, DateBeforeStep: whether it is to be done.
        DutyRecordUnfit, DutyResultsIncomplete, RankingUnclear, AssessmentUnclear, RewardAgainstResult,
        DutyPicturesMissing, SummonsNeedsDeadline, FollowUpNeedsOrder, CollectionIncomplete, DutyOrderUnfit: what the
        record says.
    """
    duty = await conn.fetchrow(LOCK, duty_id)
    if duty is None or not duty["region_code"].startswith(tuple(officer.regions_for(Right.DUTIES_RECORD))):
        raise DutyUnknown(duty_id)
    kind, office = DutyKind(duty["kind"]), _office(officer, duty)
    if duty["ended_on"] is not None:
        raise DutyEnded(duty["ended_on"], duty["end_cause"])
    if duty["done_on"] is not None:
        raise DutyAlreadyDone(duty["done_on"])
    ensure_not_before("done_on", body.done_on, "opens_on", duty["opens_on"])
    _ensure_fits(kind, body)
    results = await _results(conn, kind, duty, body)
    await _ensure_pictures(conn, duty, body)
    if kind is DutyKind.SUMMONS and not body.orders and summons_names_deadline(await pack_by_id(conn, duty["pack_id"])):
        raise SummonsNeedsDeadline
    if is_to_be_put_right(body.used_as_agreed, body.risk) and not body.orders:
        raise FollowUpNeedsOrder
    if kind is DutyKind.CREDIT_COLLECTION:
        await ensure_collected(conn, duty, body.done_on)
    record_id = new_id()
    await conn.execute(_STORE, record_id, duty_id, *_values(kind, body, results), officer.subject, office)
    await order_by_record(conn, officer, duty, record_id, body.done_on, body.orders)
    if kind is DutyKind.TOWNSHIP_RANKING:
        await summon_by_rankings(conn, duty["region_code"], body.done_on, officer.subject)
    await _tell_done(conn, duty, record_id, body.done_on)
    return await get_record(conn, record_id)


async def withdraw_record(
    conn: Connection, officer: Principal, record_id: UUID, body: DutyWithdrawalIn
) -> DutyRecordOut:
    """Withdraw a record that was wrong, by another officer: the duty is owed again, its orders not yet done end.

    Raises:
        DutyRecordUnknown, DutyRecordWithdrawnBefore, MakerIsChecker, DateBeforeStep
    """
    found = await conn.fetchrow(_FIND, record_id)
    duty = await conn.fetchrow(LOCK, found["duty_id"]) if found else None
    if (
        found is None
        or duty is None
        or not duty["region_code"].startswith(tuple(officer.regions_for(Right.DUTIES_OVERSEE)))
    ):
        raise DutyRecordUnknown(record_id)
    if found["withdrawn_on"] is not None:
        raise DutyRecordWithdrawnBefore(found["withdrawn_on"])
    if found["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "done_on", found["done_on"])
    await conn.execute(_WITHDRAW, record_id, body.withdrawn_on, body.reason, officer.subject)
    await take_back_orders_of(conn, record_id, body.withdrawn_on, body.reason, officer.subject)
    if duty["kind"] == DutyKind.TOWNSHIP_RANKING:
        await summon_by_rankings(conn, duty["region_code"], body.withdrawn_on, officer.subject)
    event = DutyRecordWithdrawn(
        duty_id=duty["id"],
        record_id=record_id,
        kind=duty["kind"],
        region_code=duty["region_code"],
        loan_id=duty["loan_id"],
    )
    version = await conn.fetchval(_RAISE_VERSION, duty["id"])
    await record(conn, event, aggregate_id=duty["id"], aggregate_version=version, region_code=duty["region_code"])
    return await get_record(conn, record_id)


def _office(officer: Principal, duty: Any) -> Office:
    """Return the first of the duty's offices to which the officer belongs where the duty is.

    Raises: DutyOfAnotherOffice.
    """
    roles = officer.roles_for(Right.DUTIES_RECORD, duty["region_code"])
    for each in map(Office, duty["offices"]):
        if role_of(each) in roles:
            return each
    raise DutyOfAnotherOffice(DutyKind(duty["kind"]), duty["offices"])


def _ensure_fits(kind: DutyKind, body: DutyRecordIn) -> None:
    said: set[Part] = {part for part in Part if part is not Part.PROOF and getattr(body, part) is not None}
    if body.evidence or body.document_ids:
        said.add(Part.PROOF)
    lacking, needless = lacking_and_needless(kind, frozenset(said))
    if lacking or needless:
        raise DutyRecordUnfit(kind, lacking, needless)


async def _results(conn: Connection, kind: DutyKind, duty: Any, body: DutyRecordIn) -> list[Result]:
    subjects = KINDS[kind].subjects
    if subjects is None:
        return []
    results = [Result(**each.model_dump()) for each in body.results or ()]
    rows = await conn.fetch(_SUBJECTS[subjects], duty["region_code"], duty["opens_on"], duty["due_on"])
    if wrong := mismatch([each.subject for each in results], {row[0] for row in rows}):
        raise DutyResultsIncomplete(wrong)
    if kind is DutyKind.TOWNSHIP_RANKING:
        if not is_ranking(results):
            raise RankingUnclear
    elif not is_assessment(results):
        raise AssessmentUnclear
    elif against := out_of_order(results):
        raise RewardAgainstResult(*against)
    return results


async def _ensure_pictures(conn: Connection, duty: Any, body: DutyRecordIn) -> None:
    named = list(dict.fromkeys(body.document_ids))
    await conn.execute(_LOCK_DOCUMENTS, named)
    rows = await conn.fetch(_PICTURES, named, duty["household_id"], duty["opens_on"])
    unfit = [row["id"] for row in rows if row["added_on"] is None]
    if unfit or len(named) < duty["pictures"]:
        raise DutyPicturesMissing(duty["pictures"], len(named), duty["opens_on"], unfit)
    if added := [row["added_on"] for row in rows]:
        ensure_not_before("done_on", body.done_on, "document_added_on", max(added))


def _values(kind: DutyKind, body: DutyRecordIn, results: list[Result]) -> tuple[Any, ...]:
    said = [asdict(each) | {"score": each.score and str(each.score)} for each in results]
    return (
        body.done_on,
        body.text,
        body.household_count,
        body.amount,
        body.satisfied_percent,
        body.visit,
        body.person,
        body.used_as_agreed,
        body.risk,
        said or None,
        last_of(results) if kind is DutyKind.TOWNSHIP_RANKING and results else None,
        plain(list(body.evidence)),
        list(dict.fromkeys(body.document_ids)),
    )


async def _tell_done(conn: Connection, duty: Any, record_id: UUID, done_on: date) -> None:
    event = DutyDone(
        duty_id=duty["id"],
        record_id=record_id,
        kind=duty["kind"],
        region_code=duty["region_code"],
        loan_id=duty["loan_id"],
        due_on=duty["due_on"],
        done_on=done_on,
    )
    version = await conn.fetchval(_RAISE_VERSION, duty["id"])
    await record(conn, event, aggregate_id=duty["id"], aggregate_version=version, region_code=duty["region_code"])
