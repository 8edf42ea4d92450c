"""Judge whether two persons on file are one; if so a change of the register is proposed at once."""

from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.actions import propose_change
from services.registry.register.changes.schemas import AnyChange, HouseholdEndedIn, MemberLeft
from services.registry.register.duplicates import queries
from services.registry.register.duplicates.refusals import (
    NotOneOfThePair,
    SuspicionAlreadySettled,
    SuspicionUnknown,
    WrongMemberNeeded,
)
from services.registry.register.duplicates.schemas import SuspicionDecisionIn, SuspicionOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher

_LOCK = """
SELECT s.member_id, s.other_member_id, s.state, s.decided_by FROM duplicate_suspicion s
JOIN member a ON a.id = s.member_id JOIN household ha ON ha.id = a.household_id
JOIN member b ON b.id = s.other_member_id JOIN household hb ON hb.id = b.household_id
WHERE s.id = $1 AND ha.village_code ^@ ANY ($2::text[]) AND hb.village_code ^@ ANY ($2::text[])
FOR UPDATE OF s
"""
_WRONG = """
SELECT m.household_id, count(o.id) AS active
FROM member m LEFT JOIN member o ON o.household_id = m.household_id AND o.left_on IS NULL
WHERE m.id = $1 GROUP BY m.household_id
"""
_SETTLE = """
UPDATE duplicate_suspicion SET state = $2, reason = $3, change_id = $4, decided_by = $5, decided_at = now()
WHERE id = $1 AND state = 'open'
"""


async def settle_suspicion(
    conn: Connection, officer: Principal, cipher: PiiCipher, today: date, suspicion_id: UUID, body: SuspicionDecisionIn
) -> SuspicionOut:
    """Decide that two persons are two for good, or propose that the wrong entry of one person leaves the register.

    The wrong entry leaves as a member; where it is the only member on file, its household ends as an error. What
    stands against that change (open loans, a list, a missing new head) refuses the decision by the same name.

    Raises:
        SuspicionUnknown, SuspicionAlreadySettled: there is none in the officer's region, or it was judged.
        WrongMemberNeeded, NotOneOfThePair: the outcome and the member named do not fit.
    """
    row = await conn.fetchrow(_LOCK, suspicion_id, officer.regions_for(Right.DUPLICATES_SETTLE))
    if row is None:
        raise SuspicionUnknown(suspicion_id)
    if row["state"] != "open":
        raise SuspicionAlreadySettled(row["state"], row["decided_by"])
    change_id: UUID | None = None
    if body.outcome == "same_person":
        change = await _change(conn, row, today, body)
        change_id = (await propose_change(conn, officer, cipher, change, Right.DUPLICATES_SETTLE)).id
    elif body.wrong_member_id is not None or body.new_head is not None:
        raise WrongMemberNeeded
    await conn.execute(_SETTLE, suspicion_id, body.outcome, body.reason, change_id, officer.subject)
    return await queries.get_suspicion(conn, officer, cipher, suspicion_id)


async def _change(conn: Connection, pair: Record, today: date, body: SuspicionDecisionIn) -> AnyChange:
    if body.wrong_member_id is None:
        raise WrongMemberNeeded
    if body.wrong_member_id not in (pair["member_id"], pair["other_member_id"]):
        raise NotOneOfThePair(body.wrong_member_id)
    wrong = await conn.fetchrow(_WRONG, body.wrong_member_id)
    assert wrong is not None
    if wrong["active"] == 1 and body.new_head is None:
        return HouseholdEndedIn(
            kind="household_ended",
            household_id=wrong["household_id"],
            effective_on=today,
            reason=body.reason,
            end_reason="error",
        )
    return MemberLeft(
        kind="member_left",
        household_id=wrong["household_id"],
        effective_on=today,
        reason=body.reason,
        member_id=body.wrong_member_id,
        left_reason="error",
        new_head=body.new_head,
    )
