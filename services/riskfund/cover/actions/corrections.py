"""What corrections in lending do to the cover: restated loans, defaults that stand no more, loans that never stood."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.riskfund.cover.actions.loans import late_interest_in
from services.riskfund.funds.actions.ledger import cash_from
from services.riskfund.funds.actions.movements import Movement, lock_funds, move
from services.riskfund.funds.rules.cover_limit import for_lender, limit_of
from shared.db import Connection
from shared.events.lending import DefaultLifted, DisbursementReversed, LoanRestated
from shared.events.received import Received
from shared.policy.copies import find_current_pack
from shared.regions import county_of

# A compensated loan is covered no more, whatever its account says; what crossed the compensation on its way is noted.
# A loan that is in default after a correction was not cured: a claim can be filed on its default again.
_RESTATE = """
WITH published AS (
  SELECT * FROM unnest($1::uuid[], $2::date[], $3::text[], $4::numeric[], $5::numeric[], $6::date[], $7::numeric[],
    $8::numeric[])
    AS t (loan_id, restated_on, state, outstanding, interest_repaid, closed_on, repaid_more, late_interest)
), was AS (
  SELECT l.loan_id, l.county_code, l.village_code, l.fund_id, l.outstanding, l.state, t.restated_on, t.repaid_more,
         t.interest_repaid, t.late_interest, t.closed_on, t.state AS state_now,
         CASE WHEN t.state = 'closed' THEN 'closed' WHEN l.state = 'compensated' THEN l.state ELSE t.state END AS now,
         CASE WHEN t.state IN ('closed', 'compensated') OR l.state = 'compensated' THEN 0.00 ELSE t.outstanding END
           AS left_over
  FROM covered_loan l JOIN published t USING (loan_id) FOR UPDATE OF l
), restated AS (
  UPDATE covered_loan l SET state = w.now, outstanding = w.left_over, interest_repaid = w.interest_repaid,
    late_interest_repaid = w.late_interest,
    closed_on = CASE WHEN w.now = 'closed' THEN w.closed_on END
  FROM was w WHERE l.loan_id = w.loan_id
), not_cured AS (
  UPDATE loan_default d SET lifted_on = NULL, lift_cause = NULL FROM was w
  WHERE w.now = 'defaulted' AND d.lift_cause = 'cured' AND d.id = (
    SELECT n.id FROM loan_default n WHERE n.loan_id = w.loan_id AND n.lift_cause IS DISTINCT FROM 'withdrawn'
    ORDER BY n.confirmed_on DESC, n.id DESC LIMIT 1)
), odd AS (
  INSERT INTO cover_exception (loan_id, county_code, village_code, kind, amount, noticed_on)
  SELECT loan_id, county_code, village_code, 'repaid-after-compensation', repaid_more, restated_on
  FROM was WHERE state = 'compensated' AND state_now IN ('active', 'defaulted') AND repaid_more <> 0
)
SELECT loan_id, county_code, village_code, fund_id, restated_on, left_over - outstanding AS change,
       state = 'closed' AND left_over > 0 AS reopened
FROM was WHERE fund_id IS NOT NULL AND left_over <> outstanding ORDER BY loan_id
"""
_FUND = "SELECT county_code, bank_code, exposure_total + reserved_total AS used FROM fund WHERE id = $1"
_BEYOND = """
INSERT INTO cover_exception (loan_id, county_code, village_code, kind, amount, noticed_on)
VALUES ($1, $2, $3, 'reopened-beyond-cover', $4, $5)
"""
_LIFT = """
WITH lifted AS (
  UPDATE loan_default d SET lifted_on = t.lifted_on, lift_cause = t.cause
  FROM unnest($1::uuid[], $2::date[], $3::text[]) AS t (id, lifted_on, cause) WHERE d.id = t.id RETURNING d.loan_id
)
UPDATE covered_loan l SET state = 'active' FROM lifted WHERE l.loan_id = lifted.loan_id AND l.state = 'defaulted'
"""

# What a loan that never stood used of the fund's reach is there again.
_CANCEL = """
WITH was AS (
  SELECT l.loan_id, l.fund_id, l.outstanding, t.reversed_on
  FROM covered_loan l JOIN unnest($1::uuid[], $2::date[]) AS t (loan_id, reversed_on) USING (loan_id) FOR UPDATE OF l
), cancelled AS (
  UPDATE covered_loan l SET state = 'cancelled', outstanding = 0, closed_on = NULL FROM was w
  WHERE l.loan_id = w.loan_id
), returned AS (
  UPDATE cover_reservation r SET state = 'returned' FROM was w WHERE r.loan_id = w.loan_id AND r.state = 'used'
)
SELECT fund_id, reversed_on AS moved_on, -sum(outstanding) AS exposure
FROM was WHERE fund_id IS NOT NULL AND outstanding <> 0 GROUP BY 1, 2
"""


async def restate_loans(conn: Connection, events: Sequence[LoanRestated]) -> None:
    """Let exposure be what is owed now, also of a loan that was opened again: its cover lives again.

    What that takes beyond the account's limit is noted by the loan's name. Interest that the bank remitted is owed no
    more, as if it had been paid: a claim cannot ask for it.
    """
    await lock_funds(conn, (county_of(event.village_code) for event in events))
    rows = await conn.fetch(
        _RESTATE,
        [event.loan_id for event in events],
        [event.restated_on for event in events],
        [event.after.state for event in events],
        [event.after.principal_outstanding for event in events],
        [event.after.interest_paid + event.after.interest_remitted for event in events],
        [event.after.closed_on for event in events],
        [event.before.principal_outstanding - event.after.principal_outstanding for event in events],
        [_late_interest_settled(event) for event in events],
    )
    await move(conn, [Movement(row["fund_id"], row["restated_on"], exposure=row["change"]) for row in rows])
    for row in rows:
        if row["reopened"]:
            await _note_beyond_cover(conn, row)


def _late_interest_settled(event: LoanRestated) -> Decimal:
    """Return the interest at the contract's rate for late days that is owed no more: paid or remitted."""
    remitted = event.after.penalty_remitted - event.after.surcharge_remitted
    return sum((late_interest_in(paid) for paid in event.repayments), remitted)


async def _note_beyond_cover(conn: Connection, row: Any) -> None:
    beyond = await _beyond(conn, row["fund_id"], row["restated_on"])
    if beyond > 0:
        place = row["loan_id"], row["county_code"], row["village_code"]
        await conn.execute(_BEYOND, *place, min(beyond, row["change"]), row["restated_on"])


async def _beyond(conn: Connection, fund_id: UUID, on: date) -> Decimal:
    """Return by how much an account's exposure and reservations pass its limit, in yuan; below zero: they do not."""
    fund: Any = await conn.fetchrow(_FUND, fund_id)
    terms = await find_current_pack(conn, fund["county_code"], on)
    used: Decimal = fund["used"]
    if terms is None:
        return used
    return used - limit_of(await cash_from(conn, fund_id, on), for_lender(terms.fund_rule, fund["bank_code"]))


async def lift_defaults(conn: Connection, events: Sequence[DefaultLifted]) -> None:
    """Note defaults that stand no more: no claim can be filed on them."""
    await lock_funds(conn, (county_of(event.village_code) for event in events))
    await conn.execute(
        _LIFT,
        [event.default_report_id for event in events],
        [event.lifted_on for event in events],
        [event.cause for event in events],
    )


async def cancel_loans(conn: Connection, received: Sequence[Received[DisbursementReversed]]) -> None:
    """End the cover of loans whose disbursement was taken back; their applications may be given cover anew."""
    events = [message.event for message in received]
    await lock_funds(conn, (county_of(event.village_code) for event in events))
    rows = await conn.fetch(_CANCEL, [event.loan_id for event in events], [event.reversed_on for event in events])
    await move(conn, [Movement(**dict(row)) for row in rows])


_REOPEN = """
UPDATE covered_loan SET state = 'compensated', closed_on = NULL WHERE loan_id = ANY($1::uuid[]) AND state = 'closed'
"""


async def reopen_compensated(conn: Connection, loan_ids: Sequence[UUID]) -> None:
    """Let loans be compensated again whose loss seemed recovered; the fund covers nothing of them."""
    await conn.execute(_REOPEN, loan_ids)
