"""Claw back a wrong subsidy: one officer proposes, another approves, the next batch offsets it (DZ-7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.accounts.succession_sql import SUCCEEDED
from services.subsidy.clawbacks.actions.booking import Change, book
from services.subsidy.clawbacks.queries import OPEN, clawback_out
from services.subsidy.clawbacks.refusals import (
    ClawbackAboveLine,
    ClawbackDecided,
    ClawbackUnknown,
    LineClawedBack,
    LineNotPaid,
    PaidLineUnknown,
)
from services.subsidy.clawbacks.schemas import ClawbackApprovalIn, ClawbackIn, ClawbackOut
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step
from shared.policy.copies import pack_of_version

_LINE: Final = """
SELECT l.*, b.county_code, a.pack_version, a.product_code,
  l.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = l.id) AS amount_paid, (
  SELECT i.settled_on FROM payment_instruction i
  WHERE i.batch_id = l.batch_id AND i.household_id = l.household_id AND i.state = 'paid'
  UNION ALL  -- a claw-back took all that the batch brought: it was received when that was approved
  SELECT d.decided_on FROM batch_decision d
  WHERE d.batch_id = l.batch_id AND d.step = 'approval' AND d.decision = 'approve' AND 0 = (
    SELECT sum(s.amount) FROM subsidy_line s WHERE s.batch_id = l.batch_id AND s.household_id = l.household_id)
  LIMIT 1) AS paid_on
FROM subsidy_line l JOIN subsidy_batch b ON b.id = l.batch_id JOIN subsidy_account a ON a.loan_id = l.loan_id
WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_CLAWED_BACK: Final = """
SELECT coalesce(sum(amount - withdrawn_amount), 0.00) FROM clawback WHERE line_id = $1 AND state <> 'refused'
"""
_PROPOSE: Final = """
INSERT INTO clawback (id, line_id, county_code, household_id, loan_id, village_code, amount, reason, decided_on, due_on,
  state, proposed_by, proposed_as, by_facts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'proposed', $11, $12, $13)
"""
_LOCK_COUNTY: Final = "SELECT pg_advisory_xact_lock(hashtextextended('subsidy-batch/' || $1, 0))"
_LOCK: Final = "SELECT * FROM clawback WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR UPDATE"
_DECIDE: Final = """
UPDATE clawback SET state = $2, approved_by = $3, approved_on = $4, approved_as = $5
WHERE id = $1 AND state = 'proposed'
"""
# The money of a line came back (退汇) and was not paid again: there is nothing to take back until it is.
_CAME_BACK: Final = """
SELECT FROM subsidy_line s JOIN payment_instruction i ON i.batch_id = s.batch_id AND i.household_id = s.household_id
WHERE s.id = c.line_id AND i.state = 'returned'
  AND s.amount > (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = s.id)
  AND NOT EXISTS (
  SELECT FROM payment_instruction n WHERE n.batch_id = i.batch_id AND n.household_id = i.household_id
    AND n.state = 'paid')
"""
UNPAID: Final = f"SELECT EXISTS ({_CAME_BACK}) FROM clawback c WHERE c.id = $1"  # noqa: S608 - our own text
# A household gives back at most what this batch brings it; the rest waits for the next batch. Whoever absorbed a
# household answers for it: what is owed and what is brought are laid side by side, and what overlaps is offset.
_TAKEN: Final = f"""
WITH {SUCCEEDED}, lines AS (
  SELECT l.household_id, coalesce(s.stands_for_it, l.household_id) AS answering, sum(l.amount) AS amount
  FROM subsidy_line l LEFT JOIN succeeded s ON s.household_id = l.household_id
  WHERE l.batch_id = $1 AND EXISTS (SELECT FROM clawback WHERE county_code = $2 AND state = 'approved') GROUP BY 1, 2
), brought AS (
  SELECT *, sum(amount) OVER (PARTITION BY answering ORDER BY household_id) AS upto FROM lines WHERE amount > 0
), owing AS (
  SELECT c.*, {OPEN} AS open, coalesce(s.stands_for_it, c.household_id) AS answering
  FROM clawback c LEFT JOIN succeeded s ON s.household_id = c.household_id
  WHERE c.county_code = $2 AND c.state = 'approved' AND c.line_id IS NOT NULL AND NOT EXISTS ({_CAME_BACK})
), owed AS (
  SELECT *, sum(open) OVER (PARTITION BY answering ORDER BY id) AS upto FROM owing
)
SELECT * FROM (
  SELECT o.id, o.loan_id, b.household_id, o.village_code,
    least(o.upto, b.upto) - greatest(o.upto - o.open, b.upto - b.amount) AS amount
  FROM owed o JOIN brought b USING (answering)) t
WHERE amount > 0 ORDER BY id, household_id
"""  # noqa: S608 - our own text
_COUNTY_OF: Final = "SELECT county_code FROM subsidy_batch WHERE id = $1"
_OFFSET_BY: Final = """
SELECT clawback_id AS id, sum(amount) AS amount FROM subsidy_line WHERE batch_id = $1 AND kind = 'clawback' GROUP BY 1
"""


async def get_line(conn: Connection, officer: Principal, line_id: UUID) -> dict[str, Any]:
    """Return a line of the officer's region, with what of it was paid.

    Raises:
        PaidLineUnknown: there is none.
    """
    line = await conn.fetchrow(_LINE, line_id, officer.regions_for(Right.SUBSIDIES_REVIEW))
    if line is None:
        raise PaidLineUnknown(line_id)
    return dict(line)


async def propose_clawback(
    conn: Connection, officer: Principal, body: ClawbackIn, line: dict[str, Any], too_much: Decimal
) -> ClawbackOut:
    """Propose to take back what is left of a line; `too_much` yuan of its loan follow from the facts.

    Raises:
        OtherOffice, LineNotPaid, ClawbackAboveLine, LineClawedBack, DateBeforeStep.
    """
    office = await acting_in(conn, officer, Step.SUBSIDY_REVIEW, line["county_code"], body.decided_on)
    if line["paid_on"] is None or line["amount_paid"] <= 0:
        raise LineNotPaid(body.line_id)
    left = line["amount_paid"] - await conn.fetchval(_CLAWED_BACK, body.line_id)
    if left <= 0:
        raise LineClawedBack(body.line_id)
    amount = body.amount or left
    if amount > left:
        raise ClawbackAboveLine(amount, left)
    ensure_not_before("decided_on", body.decided_on, "paid_on", line["paid_on"])
    signed = (line["village_code"], line["pack_version"])
    kept = await pack_of_version(conn, *signed, body.decided_on, line["product_code"])
    due_on = body.decided_on + timedelta(days=kept.pack.subsidy_rule().clawback_days)
    values = (line["county_code"], line["household_id"], line["loan_id"], line["village_code"], amount)
    who = officer.subject, str(office)
    about = body.reason, body.decided_on, due_on
    clawback_id = new_id()
    await conn.execute(_PROPOSE, clawback_id, body.line_id, *values, *about, *who, min(amount, too_much))
    return await clawback_out(conn, clawback_id, body.decided_on)


async def decide_clawback(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackApprovalIn
) -> ClawbackOut:
    """Approve a claw-back, so that the household's next batch offsets it, or drop it.

    Raises:
        ClawbackUnknown, OtherOffice, ClawbackDecided, MakerIsChecker, DateBeforeStep.
        LineNotPaid: the money came back and was not paid again.
    """
    row = await conn.fetchrow(_LOCK, clawback_id, officer.regions_for(Right.SUBSIDIES_APPROVE))
    if row is None:
        raise ClawbackUnknown(clawback_id)
    office = await acting_in(conn, officer, Step.SUBSIDY_APPROVAL, row["county_code"], body.approved_on)
    if row["state"] != "proposed":
        raise ClawbackDecided(clawback_id, row["state"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("approved_on", body.approved_on, "decided_on", row["decided_on"])
    if body.decision == "approve" and await conn.fetchval(UNPAID, clawback_id):
        raise LineNotPaid(row["line_id"])
    state = "approved" if body.decision == "approve" else "refused"
    await conn.execute(_DECIDE, clawback_id, state, officer.subject, body.approved_on, str(office))
    return await clawback_out(conn, clawback_id, body.approved_on)


async def offset(conn: Connection, batch_id: UUID, county_code: str) -> list[Any]:
    """Offset approved claw-backs against what a new batch brings their households; return how much of which (DZ-7).

    Each row has id, loan_id, village_code, the household that gives it back and the amount offset, in yuan.
    """
    taken = list(await conn.fetch(_TAKEN, batch_id, county_code))
    await book(conn, [Change(row["id"], offset=row["amount"]) for row in taken])
    return taken


async def owe_again(conn: Connection, batch_id: UUID) -> None:
    """Put back what a returned batch had offset: it is owed again, as far as no money is held for it."""
    await lock_county(conn, await conn.fetchval(_COUNTY_OF, batch_id))
    rows = await conn.fetch(_OFFSET_BY, batch_id)
    await book(conn, [Change(row["id"], offset=row["amount"]) for row in rows])


async def lock_county(conn: Connection, county_code: str) -> None:
    """Let no one else of the county settle differences until the transaction ends: each is settled once."""
    await conn.execute(_LOCK_COUNTY, county_code)
