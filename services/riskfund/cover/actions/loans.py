"""What lending's events do to the cover: reservations end, exposure rises and falls. Whole batches, set-based."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from services.riskfund.funds.actions.movements import Movement, lock_funds, move
from shared.db import Connection
from shared.events.lending import (
    ApplicationRefused,
    ApplicationWithdrawn,
    DefaultConfirmed,
    LoanClosed,
    LoanDisbursed,
    RepaymentRecorded,
    RestatedRepayment,
)
from shared.events.received import Received
from shared.money import ZERO
from shared.policy.overlays import USUAL_PRODUCT
from shared.regions import county_of

# Covered by the account that holds its reservation; without one by its bank's own account, else by the county's.
_ADD_LOANS = """
INSERT INTO covered_loan (loan_id, application_id, household_id, county_code, village_code, bank_code,
                          contract_number, pack_version, principal, outstanding, disbursed_on, matures_on,
                          without_cover, product_code, mode, fund_id)
SELECT loan_id, application_id, household_id, left(village_code, 6), village_code, bank_code,
       contract_number, pack_version, principal, principal, disbursed_on, matures_on, without_cover,
       product_code, mode,
       CASE WHEN NOT without_cover THEN coalesce(
         (SELECT r.fund_id FROM cover_reservation r WHERE r.application_id = d.application_id AND r.state = 'live'),
         (SELECT f.id FROM fund f WHERE f.county_code = left(d.village_code, 6)
            AND (f.bank_code = d.bank_code OR f.bank_code IS NULL) ORDER BY f.bank_code NULLS LAST LIMIT 1)) END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::numeric[],
            $9::date[], $10::date[], $11::bool[], $12::text[], $13::text[])
  AS d (loan_id, application_id, household_id, village_code, bank_code, contract_number, pack_version, principal,
        disbursed_on, matures_on, without_cover, product_code, mode)
"""
_USE_RESERVATIONS = """
WITH used AS (
  UPDATE cover_reservation r SET state = 'used', ended_on = l.disbursed_on, loan_id = l.loan_id
  FROM covered_loan l
  WHERE l.loan_id = ANY($1::uuid[]) AND r.application_id = l.application_id AND r.state = 'live'
  RETURNING l.loan_id, r.fund_id, l.disbursed_on, r.amount
), odd AS (
  INSERT INTO cover_exception (loan_id, county_code, village_code, kind, amount, noticed_on)
  SELECT l.loan_id, l.county_code, l.village_code,
         CASE WHEN u.loan_id IS NULL THEN 'disbursed-without-reservation' ELSE 'disbursed-above-reservation' END,
         l.principal - coalesce(u.amount, 0), l.disbursed_on
  FROM covered_loan l LEFT JOIN used u USING (loan_id)
  WHERE l.loan_id = ANY($1::uuid[]) AND NOT l.without_cover AND (u.loan_id IS NULL OR u.amount < l.principal)
  UNION ALL
  SELECT l.loan_id, l.county_code, l.village_code, 'county-without-fund', l.principal, l.disbursed_on
  FROM covered_loan l WHERE l.loan_id = ANY($1::uuid[]) AND NOT l.without_cover AND l.fund_id IS NULL
)
SELECT fund_id, disbursed_on AS moved_on, 0.00 AS exposure, -sum(amount) AS reserved FROM used GROUP BY 1, 2
UNION ALL
SELECT fund_id, disbursed_on, sum(principal), 0.00 FROM covered_loan
WHERE loan_id = ANY($1::uuid[]) AND fund_id IS NOT NULL GROUP BY 1, 2
"""


async def add_exposure(conn: Connection, received: Sequence[Received[LoanDisbursed]]) -> None:
    """Turn reservations into exposure; a loan without one counts all the same and is noted as an exception.

    A loan granted without cover is kept and counts in no exposure.
    """
    loans = [message.event for message in received]
    await lock_funds(conn, (county_of(loan.village_code) for loan in loans))
    await conn.execute(
        _ADD_LOANS,
        [loan.loan_id for loan in loans],
        [loan.application_id for loan in loans],
        [loan.household_id for loan in loans],
        [loan.village_code for loan in loans],
        [loan.bank_code for loan in loans],
        [loan.contract_number for loan in loans],
        [loan.pack_version for loan in loans],
        [loan.principal for loan in loans],
        [loan.disbursed_on for loan in loans],
        [loan.matures_on for loan in loans],
        [loan.without_cover for loan in loans],
        [loan.product_code or USUAL_PRODUCT.code for loan in loans],
        [loan.mode for loan in loans],
    )
    rows = await conn.fetch(_USE_RESERVATIONS, [loan.loan_id for loan in loans])
    await move(conn, [Movement(**dict(row)) for row in rows])


# Waits for consumers that are just adding loans, so that none is left out of the new account's exposure.
_LOCK_LOANS = "LOCK TABLE covered_loan IN SHARE ROW EXCLUSIVE MODE"
_COVER_THE_UNCOVERED = """
WITH taken AS (
  UPDATE covered_loan SET fund_id = $1
  WHERE county_code = $2 AND fund_id IS NULL AND NOT without_cover
    AND CASE WHEN $3::text IS NULL THEN bank_code <> ALL ($4::text[]) ELSE bank_code = $3 END
  RETURNING outstanding
)
SELECT coalesce(sum(outstanding), 0.00) FROM taken
"""


async def cover_the_uncovered(
    conn: Connection, fund_id: UUID, county_code: str, bank_code: str | None, with_accounts: Sequence[str]
) -> Decimal:
    """Let a new account cover the loans that none covers yet; return their outstanding principal in yuan.

    A bank's own account takes that bank's, the county's those of all banks but the ones `with_accounts` of their own.
    """
    await conn.execute(_LOCK_LOANS)
    exposure: Decimal = await conn.fetchval(_COVER_THE_UNCOVERED, fund_id, county_code, bank_code, with_accounts)
    return exposure


# A repayment that crossed the compensation on its way changes nothing that is covered any more; it is noted.
_REDUCE = """
WITH paid AS (
  SELECT * FROM unnest($1::uuid[], $2::date[], $3::numeric[], $4::numeric[], $5::numeric[], $6::numeric[])
    AS p (loan_id, paid_on, principal, interest, left_over, late_interest)
), reduced AS (
  UPDATE covered_loan l SET outstanding = l.outstanding - p.principal, interest_repaid = l.interest_repaid + p.interest,
    late_interest_repaid = l.late_interest_repaid + p.late_interest
  FROM paid p WHERE l.loan_id = p.loan_id AND l.state IN ('active', 'defaulted')
  RETURNING l.loan_id, l.county_code, l.village_code, p.paid_on, p.principal, l.outstanding - p.left_over AS off_by,
            l.fund_id
), odd AS (
  INSERT INTO cover_exception (loan_id, county_code, village_code, kind, amount, noticed_on)
  SELECT loan_id, county_code, village_code, 'outstanding-differs', off_by, paid_on FROM reduced WHERE off_by <> 0
  UNION ALL
  SELECT l.loan_id, l.county_code, l.village_code, 'repaid-after-compensation', p.principal, p.paid_on
  FROM covered_loan l JOIN paid p USING (loan_id) WHERE l.state IN ('compensated', 'closed')
)
SELECT fund_id, paid_on AS moved_on, -sum(principal) AS exposure FROM reduced WHERE fund_id IS NOT NULL GROUP BY 1, 2
"""


def late_interest_in(paid: RepaymentRecorded | RestatedRepayment) -> Decimal:
    """Return what of a payment's penalty is interest at the contract's rate, in yuan; nothing where that is unknown."""
    return ZERO if paid.surcharge is None else paid.penalty - paid.surcharge


async def reduce_exposure(conn: Connection, received: Sequence[Received[RepaymentRecorded]]) -> None:
    """Take repaid principal off the exposure and remember repaid interest."""
    payments = [message.event for message in received]
    await lock_funds(conn, (county_of(message.region_code) for message in received))
    rows = await conn.fetch(
        _REDUCE,
        [payment.loan_id for payment in payments],
        [payment.paid_on for payment in payments],
        [payment.principal for payment in payments],
        [payment.interest for payment in payments],
        [payment.principal_outstanding for payment in payments],
        [late_interest_in(payment) for payment in payments],
    )
    await move(conn, [Movement(**dict(row)) for row in rows])


_CLOSE = """
WITH events AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS t (loan_id, closed_on)), before AS (
  SELECT l.loan_id, l.county_code, l.village_code, t.closed_on, l.outstanding, l.fund_id
  FROM covered_loan l JOIN events t USING (loan_id) WHERE l.state <> 'closed' FOR UPDATE OF l
), closed AS (
  UPDATE covered_loan l SET state = 'closed', outstanding = 0, closed_on = b.closed_on
  FROM before b WHERE l.loan_id = b.loan_id
), odd AS (
  INSERT INTO cover_exception (loan_id, county_code, village_code, kind, amount, noticed_on)
  SELECT loan_id, county_code, village_code, 'outstanding-differs', outstanding, closed_on
  FROM before WHERE outstanding <> 0
)
SELECT fund_id, closed_on AS moved_on, -sum(outstanding) AS exposure
FROM before WHERE outstanding <> 0 AND fund_id IS NOT NULL GROUP BY 1, 2
"""


async def close_loans(conn: Connection, received: Sequence[Received[LoanClosed]]) -> None:
    """End the cover of loans on which nothing is owed any more."""
    loans = [message.event for message in received]
    await lock_funds(conn, (county_of(loan.village_code) for loan in loans))
    rows = await conn.fetch(_CLOSE, [loan.loan_id for loan in loans], [loan.closed_on for loan in loans])
    await move(conn, [Movement(**dict(row)) for row in rows])


_NOTE_DEFAULTS = """
WITH events AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::date[], $6::date[], $7::date[], $8::int[],
                       $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[])
    AS t (id, loan_id, cause, malicious, confirmed_on, overdue_from, matures_on, days_past_due,
          principal_outstanding, interest_overdue, penalty_overdue, late_interest)
), defaulted AS (
  UPDATE covered_loan l SET state = 'defaulted' FROM events t WHERE l.loan_id = t.loan_id AND l.state = 'active'
)
INSERT INTO loan_default (id, loan_id, cause, malicious, confirmed_on, overdue_from, matures_on, days_past_due,
                          principal_outstanding, interest_overdue, penalty_overdue, interest_repaid_before,
                          late_interest, late_interest_repaid_before)
SELECT t.id, t.loan_id, t.cause, t.malicious, t.confirmed_on, t.overdue_from, t.matures_on, t.days_past_due,
       t.principal_outstanding, t.interest_overdue, t.penalty_overdue, l.interest_repaid,
       t.late_interest, l.late_interest_repaid
FROM events t JOIN covered_loan l USING (loan_id)
"""


async def note_defaults(conn: Connection, received: Sequence[Received[DefaultConfirmed]]) -> None:
    """Remember confirmed defaults: from now on the bank may file a claim."""
    defaults = [message.event for message in received]
    await conn.execute(
        _NOTE_DEFAULTS,
        [default.default_report_id for default in defaults],
        [default.loan_id for default in defaults],
        [default.cause for default in defaults],
        [default.malicious for default in defaults],
        [default.confirmed_on for default in defaults],
        [default.overdue_from for default in defaults],
        [default.matures_on for default in defaults],
        [default.days_past_due for default in defaults],
        [default.principal_outstanding for default in defaults],
        [default.interest_overdue for default in defaults],
        [default.penalty_overdue for default in defaults],
        [_late_interest_of(default) for default in defaults],
    )


def _late_interest_of(default: DefaultConfirmed) -> Decimal:
    surcharge = default.surcharge_overdue
    return ZERO if surcharge is None else default.penalty_overdue - surcharge


_RELEASE = """
WITH released AS (
  UPDATE cover_reservation r SET state = 'released', ended_on = e.ended_on
  FROM unnest($1::uuid[], $2::date[]) AS e (application_id, ended_on)
  WHERE r.application_id = e.application_id AND r.state = 'live'
  RETURNING r.fund_id, e.ended_on, r.amount
)
SELECT fund_id, ended_on AS moved_on, -sum(amount) AS reserved FROM released GROUP BY 1, 2
"""


async def release_withdrawn(conn: Connection, received: Sequence[Received[ApplicationWithdrawn]]) -> None:
    """Give back the cover of withdrawn applications; one that held none changes nothing."""
    ended = [(message.event, message.event.withdrawn_on) for message in received]
    await lock_funds(conn, (county_of(event.village_code) for event, _ in ended))
    rows = await conn.fetch(_RELEASE, [event.application_id for event, _ in ended], [on for _, on in ended])
    await move(conn, [Movement(**dict(row)) for row in rows])


async def release_refused(conn: Connection, received: Sequence[Received[ApplicationRefused]]) -> None:
    """Give back the cover of refused applications; one that was refused before it held any changes nothing."""
    ended = [(message.event, message.event.refused_on) for message in received]
    await lock_funds(conn, (county_of(event.village_code) for event, _ in ended))
    rows = await conn.fetch(_RELEASE, [event.application_id for event, _ in ended], [on for _, on in ended])
    await move(conn, [Movement(**dict(row)) for row in rows])


_COMPENSATED = "UPDATE covered_loan SET state = 'compensated', outstanding = 0 WHERE loan_id = $1 AND outstanding = $2"


async def end_by_compensation(conn: Connection, loan_id: UUID, principal: Decimal) -> None:
    """End the cover of a loan whose whole `principal`, in yuan, is compensated."""
    await conn.execute(_COMPENSATED, loan_id, principal)
