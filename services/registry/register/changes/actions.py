"""Propose, decide and withdraw changes of the register.

A proposal is carried out and taken back in the same transaction, so whoever proposes hears the very refusals that
would meet whoever approves; at approval the old values are compared and the change is carried out for good.
"""

from uuid import UUID

from asyncpg import Record

from services.registry.register.changes import queries, rules
from services.registry.register.changes.case import Case, ensure_on_register
from services.registry.register.changes.kinds import KINDS
from services.registry.register.changes.refusals import ChangeAlreadyProposed, ChangeUnknown, NotTheProposer
from services.registry.register.changes.schemas import (
    AnyChange,
    ChangeOut,
    DecisionIn,
    HouseholdMovedIn,
    HouseholdsMergedIn,
    HouseholdSplitIn,
    WithdrawalIn,
)
from services.registry.register.changes.values import (
    Values,
    digest_of,
    opened_change,
    opened_old,
    sealed_change,
    sealed_old,
)
from services.registry.register.households.actions.life import lock_households
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.pii import PiiCipher
from shared.regions import county_of

_INSERT = """
INSERT INTO change_request (id, household_id, village_code, kind, state, effective_on, reason, evidence, member_id,
  other_household_id, old_values_sealed, new_values_sealed, content_digest, proposed_by)
VALUES ($1, $2, $3, $4, 'proposed', $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (household_id, content_digest) WHERE state = 'proposed' DO NOTHING RETURNING id
"""
_SAME = """
SELECT id, proposed_by FROM change_request WHERE household_id = $1 AND content_digest = $2 AND state = 'proposed'
"""
_LOCK = """
SELECT c.id, c.household_id, c.state, c.old_values_sealed, c.new_values_sealed, c.proposed_by, c.decided_by,
       h.village_code
FROM change_request c JOIN household h ON h.id = c.household_id WHERE c.id = $1 FOR UPDATE OF c
"""
_DECIDE = """
UPDATE change_request SET state = $2, decision_reason = $3, decided_by = $4, decided_at = now(),
  other_household_id = coalesce($5, other_household_id)
WHERE id = $1 AND state = 'proposed'
"""


async def propose_change(
    conn: Connection, officer: Principal, cipher: PiiCipher, change: AnyChange, right: Right
) -> ChangeOut:
    """Keep a change, tried out with its old values, until another officer decides it.

    Raises:
        HouseholdsUnknown: the household is not on file where the officer holds `right`.
        ChangeAlreadyProposed: the same change is open.
        Refusal: whatever would stand against the change at approval.
    """
    case = await _open_case(conn, officer, cipher, change, right)
    before = await KINDS[type(change)].before(case, change)
    await _try_out(case, change)
    change_id, digest = new_id(), digest_of(cipher, change)
    kept = await conn.fetchval(
        _INSERT,
        change_id,
        change.household_id,
        case.household["village_code"],
        change.kind,
        change.effective_on,
        change.reason,
        change.evidence,
        getattr(change, "member_id", None),
        getattr(change, "into_household_id", None),
        sealed_old(cipher, before),
        sealed_change(cipher, change),
        digest,
        officer.subject,
    )
    if kept is None:
        same = await conn.fetchrow(_SAME, change.household_id, digest)
        assert same is not None
        raise ChangeAlreadyProposed(same["id"], same["proposed_by"])
    return await queries.get_change(conn, officer, cipher, change_id, right)


async def decide_change(
    conn: Connection, officer: Principal, cipher: PiiCipher, change_id: UUID, body: DecisionIn
) -> ChangeOut:
    """Approve a change and carry it out, or reject it.

    Raises:
        ChangeUnknown: there is none in the officer's region.
        ChangeAlreadyDecided: it is not open any more.
        MakerIsChecker: the officer proposed it.
        OutsideRegion: another village that the change concerns lies outside the officer's region.
        ChangeOvertaken: what it starts from changed meanwhile.
    """
    row = await _locked(conn, officer, change_id, Right.CHANGES_DECIDE)
    state = rules.decided(row["state"], body.decision, row["decided_by"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    made: UUID | None = None
    if body.decision == "approve":
        change, old = opened_change(cipher, row["new_values_sealed"]), opened_old(cipher, row["old_values_sealed"])
        made = await _carry_out(conn, officer, cipher, change, old)
    await conn.execute(_DECIDE, change_id, state, body.reason, officer.subject, made)
    return await queries.get_change(conn, officer, cipher, change_id, Right.CHANGES_DECIDE)


async def withdraw_change(
    conn: Connection, officer: Principal, cipher: PiiCipher, change_id: UUID, body: WithdrawalIn
) -> ChangeOut:
    """Take back a change of one's own that is not decided yet.

    Raises:
        ChangeUnknown, ChangeAlreadyDecided: there is none, or it is not open any more.
        NotTheProposer: another officer proposed it.
    """
    row = await _locked(conn, officer, change_id, Right.CHANGES_PROPOSE)
    state = rules.decided(row["state"], "withdraw", row["decided_by"])
    if row["proposed_by"] != officer.subject:
        raise NotTheProposer(row["proposed_by"])
    await conn.execute(_DECIDE, change_id, state, body.reason, officer.subject, None)
    return await queries.get_change(conn, officer, cipher, change_id, Right.CHANGES_PROPOSE)


async def _locked(conn: Connection, officer: Principal, change_id: UUID, right: Right) -> Record:
    row = await conn.fetchrow(_LOCK, change_id)
    if row is None or not row["village_code"].startswith(tuple(officer.regions_for(right))):
        raise ChangeUnknown(change_id)
    return row


async def _carry_out(
    conn: Connection, officer: Principal, cipher: PiiCipher, change: AnyChange, old: Values
) -> UUID | None:
    case = await _open_case(conn, officer, cipher, change, Right.CHANGES_DECIDE)
    for village_code in _villages(case, change):
        officer.ensure_region(Right.CHANGES_DECIDE, village_code)
    kind = KINDS[type(change)]
    rules.ensure_not_overtaken(old, await kind.before(case, change))
    return await kind.carry_out(case, change)


async def _open_case(conn: Connection, officer: Principal, cipher: PiiCipher, change: AnyChange, right: Right) -> Case:
    """Lock the households of a change, and refuse what holds for every kind."""
    ids = [change.household_id]
    if isinstance(change, HouseholdsMergedIn):
        ids.append(change.into_household_id)
    rows = await lock_households(conn, ids)
    for household_id, asked in zip(ids, (right, Right.HOUSEHOLDS_READ), strict=False):
        row = rows.get(household_id)
        if row is None or not row["village_code"].startswith(tuple(officer.regions_for(asked))):
            raise HouseholdsUnknown([household_id])
    household = rows[change.household_id]
    ensure_on_register(household)
    ensure_not_before("effective_on", change.effective_on, "registered_on", household["registered_on"])
    other = rows[ids[1]] if len(ids) > 1 else None
    return Case(conn, household, other, officer, cipher)


def _villages(case: Case, change: AnyChange) -> list[str]:
    """Return the other villages of the county whose register the change writes."""
    if isinstance(change, HouseholdsMergedIn) and case.other is not None:
        return [case.other["village_code"]]
    if isinstance(change, HouseholdMovedIn | HouseholdSplitIn):
        return [change.village_code] if county_of(change.village_code) == case.household["county_code"] else []
    return []


async def _try_out(case: Case, change: AnyChange) -> None:
    attempt = case.conn.transaction()
    await attempt.start()
    try:
        await KINDS[type(change)].carry_out(case, change)
    finally:
        await attempt.rollback()
