"""Rows that an action has locked and is about to change, and the change of their state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.lending.applications.refusals import BatchUnknown, ChangedMeanwhile
from services.lending.applications.rules import approval
from services.lending.applications.rules.approval import State, Transition
from services.lending.loans.refusals import ApplicationUnknown
from shared import outbox
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import ApplicationRefused
from shared.policy.copies import pack_for
from shared.policy.in_force import ConfirmedPack


@dataclass(frozen=True, slots=True)
class LockedApplication:
    """One application, locked until the transaction ends."""

    id: UUID
    batch_id: UUID
    household_id: UUID | None
    household_number: str
    village_code: str | None
    township_code: str
    bank_code: str
    amount: Decimal
    state: State
    state_from: date
    filed_by: str
    documents: tuple[str, ...]
    pack_id: UUID
    product_code: str
    notice_id: UUID | None
    public_notice_ends_on: date | None
    version: int
    mode: str
    without_cover: bool
    asked: tuple[str, ...]  # codes of the conditions on which another office decides

    @property
    def region_code(self) -> str:
        """Return the village, or the township that filed it when the household is on no register."""
        return self.village_code or self.township_code


_COLUMNS = (
    "id, batch_id, household_id, household_number, village_code, township_code, bank_code, amount, state, state_from, "
    "filed_by, documents, pack_id, product_code, notice_id, public_notice_ends_on, version, mode, "
    """conditions @> '[{"consequence": "without_cover"}]' AS without_cover, """
    """ARRAY(SELECT c ->> 'code' FROM jsonb_array_elements(conditions) c """
    """WHERE c ->> 'consequence' = 'with_approval') AS asked"""
)
_IN_REGIONS = "village_code ^@ ANY($2::text[])"


def locked(row: Any) -> LockedApplication:
    """Build one from a row of all its columns."""
    values = dict(row)
    return LockedApplication(
        **{
            **values,
            "state": State(values["state"]),
            "documents": tuple(values["documents"]),
            "asked": tuple(values["asked"]),
        }
    )


async def lock_batch(conn: Connection, batch_id: UUID, regions: Sequence[str]) -> list[LockedApplication]:
    """Lock a batch's applications in the regions, in id order.

    Raises:
        BatchUnknown: there is none.
    """
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM application WHERE batch_id = $1 AND {_IN_REGIONS} ORDER BY id FOR UPDATE",  # noqa: S608
        batch_id,
        list(regions),
    )
    if not rows:
        raise BatchUnknown(batch_id)
    return [locked(row) for row in rows]


async def lock_notice_applications(
    conn: Connection, notice_id: UUID, regions: Sequence[str]
) -> list[LockedApplication]:
    """Lock the applications a notice still shows, in the regions, in id order."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM application WHERE notice_id = $1 AND {_IN_REGIONS} ORDER BY id FOR UPDATE",  # noqa: S608
        notice_id,
        list(regions),
    )
    return [locked(row) for row in rows]


async def lock_application(conn: Connection, application_id: UUID, regions: Sequence[str]) -> LockedApplication:
    """Lock one application.

    Raises:
        ApplicationUnknown: there is none in the regions.
    """
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM application WHERE id = $1 AND {_IN_REGIONS} FOR UPDATE",  # noqa: S608
        application_id,
        list(regions),
    )
    if row is None:
        raise ApplicationUnknown(application_id)
    return locked(row)


def ensure_on_or_after(field: str, given: date, rows: Sequence[LockedApplication]) -> None:
    """Refuse a date before the day the last of the rows reached its state.

    Raises:
        DateBeforeStep: with the earliest day.
    """
    for row in rows:
        ensure_not_before(field, given, "state_from", row.state_from)


def state_after(pack: ConfirmedPack, row: LockedApplication, move: Transition) -> State:
    """Return the state the row enters by this move, on the way its pack and amount set.

    Raises:
        TransitionNotPossible: not from here.
    """
    way = approval.path(pack.approval_chain, pack.public_notice_rule, row.amount, asks_office=bool(row.asked))
    return approval.next_state(way, row.state, move)


async def pack_of(conn: Connection, rows: Sequence[LockedApplication]) -> ConfirmedPack:
    """Return the pack a batch is bound to, for its product; all applications of a batch were filed under one."""
    return await pack_for(conn, rows[0].pack_id, rows[0].product_code)


_ENTER = """
UPDATE application a SET state = n.state, state_from = $3, notice_id = NULL, public_notice_ends_on = NULL,
       approved_on = CASE WHEN n.state = 'approved' THEN $3 ELSE a.approved_on END
FROM unnest($1::uuid[], $2::text[], $4::text[]) AS n (id, state, was) WHERE a.id = n.id AND a.state = n.was
"""


async def enter_states(conn: Connection, following: Mapping[LockedApplication, State], on: date) -> None:
    """Bring locked applications into their next states, all with one statement."""
    if not following:
        return
    result = await conn.execute(
        _ENTER,
        [row.id for row in following],
        [str(state) for state in following.values()],
        on,
        [str(row.state) for row in following],
    )
    if int(result.split()[-1]) != len(following):
        raise ChangedMeanwhile


_REFUSE = """
WITH refused AS (
  UPDATE application SET state = 'refused', state_from = $2, notice_id = NULL, public_notice_ends_on = NULL,
         reasons = $3, version = version + 1
  WHERE id = ANY($1::uuid[]) AND state NOT IN ('disbursed', 'refused', 'withdrawn')
  RETURNING id, household_id, village_code, amount, version)
"""
_RECORD_REFUSED = outbox.bulk_insert(
    ApplicationRefused,
    source="refused",
    aggregate_id="id",
    aggregate_version="version",
    region_code="village_code",
    traceparent="$6",
    data={
        "application_id": "id",
        "household_id": "household_id",
        "village_code": "village_code",
        "amount": "amount::text",
        "refused_on": "$2::date",
        "stage": "$4::text",
        "reasons": "$5::jsonb",
    },
)


async def refuse(
    conn: Connection, rows: Sequence[LockedApplication], on: date, stage: str, reason: Mapping[str, str]
) -> None:
    """Refuse applications under way for one reason, and record the event of each."""
    if not rows:
        return
    result = await conn.execute(
        _REFUSE + _RECORD_REFUSED,
        [row.id for row in rows],
        on,
        [dict(reason)],
        stage,
        [reason["code"]],
        outbox.current_traceparent(),
    )
    if int(result.split()[-1]) != len(rows):
        raise ChangedMeanwhile


async def states_of(conn: Connection, batch_id: UUID, regions: Sequence[str]) -> dict[str, int]:
    """Count a batch's applications by state, as far as the regions reach."""
    rows = await conn.fetch(
        f"SELECT state, count(*) AS count FROM application WHERE batch_id = $1 AND {_IN_REGIONS} "  # noqa: S608
        "GROUP BY state ORDER BY state",
        batch_id,
        list(regions),
    )
    return {row["state"]: row["count"] for row in rows}
