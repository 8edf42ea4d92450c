"""Loans as lending has them in its books: contract, postings, and what was derived of them; one loan after another."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from tools.reconcile.databases import Snapshot
from tools.reconcile.loan_parts import Posting
from tools.reconcile.schedule import rate

_LOANS: Final = """
SELECT l.id::text, l.pack_id::text, product_code, county_code, (principal * 100)::bigint AS principal, term_months,
  disbursed_on, matures_on, signed_on, trim_scale(signed_rate)::text AS signed_rate, rate_stated,
  trim_scale(annual_rate)::text AS annual_rate, day_count, repayment_method, rounding,
  early_payment_window_days, grace_days, trim_scale(penalty_multiplier)::text AS penalty_multiplier,
  default_after_days, prepayment_allowed, allocation_order, (tolerance * 100)::bigint AS tolerance,
  (surcharge_remitted * 100)::bigint AS surcharge_remitted, unpaid_interest_bears,
  trim_scale(misuse_multiplier)::text AS misuse_multiplier,
  (interest_charged * 100)::bigint AS interest_charged,
  l.granted_under, state, closed_on, defaulted_on, overdue_from, was_late, claim_id, l.cancelled_on,
  (principal_outstanding * 100)::bigint AS outstanding, (principal_compensated * 100)::bigint AS principal_compensated,
  (held * 100)::bigint AS held, (refund_missing * 100)::bigint AS refund_missing, last_value_on, last_rank,
  last_reference, coalesce(o.own_terms, '{}')::text AS own_terms, repriced_on, o.loan_id IS NOT NULL AS is_legacy,
  compensated_on, (SELECT recorded_at FROM disbursement d WHERE d.loan_id = l.id) AS booked_at
FROM loan l LEFT JOIN legacy_loan o ON o.loan_id = l.id
"""
UNKNOWN: Final = -1  # surcharge of defaults that were confirmed before it was kept apart
_INSTALLMENTS: Final = """
SELECT loan_id::text, number, period_from, due_on, days, (principal_due * 100)::bigint, (interest_due * 100)::bigint,
  cancelled_on, (principal_paid * 100)::bigint, (interest_paid * 100)::bigint, (penalty_due * 100)::bigint,
  (penalty_paid * 100)::bigint, signed, (penalty_remitted * 100)::bigint, (interest_remitted * 100)::bigint,
  (principal_remitted * 100)::bigint, (compound_due * 100)::bigint, (compound_paid * 100)::bigint,
  (compound_remitted * 100)::bigint, of_misuse, misused_until
FROM installment ORDER BY loan_id, number
"""
_RECEIPTS: Final = """
SELECT r.loan_id::text, r.id::text, r.kind, r.paid_on, r.bank_reference, (r.amount * 100)::bigint AS amount,
  (r.held * 100)::bigint AS held, (r.refunded * 100)::bigint AS refunded,
  (r.principal_outstanding * 100)::bigint AS outstanding, r.loan_version, r.reversed_on, v.decided_at AS reversed_at,
  (r.surcharge * 100)::bigint AS surcharge
FROM repayment r LEFT JOIN repayment_reversal v ON v.repayment_id = r.id AND v.state = 'confirmed'
"""
_PARTS: Final = """
SELECT repayment_id::text, installment_number, (penalty * 100)::bigint, (interest * 100)::bigint,
  (principal * 100)::bigint
FROM repayment_part
"""
_REFUNDS: Final = """
SELECT loan_id::text, id::text, decided_on, (amount * 100)::bigint, decided_at FROM refund WHERE state = 'confirmed'
"""
_DEFAULTS: Final = """
SELECT r.loan_id::text, r.id::text, c.confirmed_on, c.confirmed_at, e.aggregate_version, c.overdue_from,
  (c.principal_outstanding * 100)::bigint, (c.interest_overdue * 100)::bigint, (c.penalty_overdue * 100)::bigint,
  (coalesce(c.surcharge_overdue, -0.01) * 100)::bigint,
  r.withdrawn_on, w.decided_at, c.accelerates, r.cause, r.papers @> '[{"kind": "acceleration_notice"}]'
FROM default_report r JOIN default_confirmation c ON c.report_id = r.id
LEFT JOIN default_withdrawal w ON w.report_id = r.id AND w.state = 'confirmed'
LEFT JOIN outbox e ON e.event_name = 'default-confirmed' AND e.aggregate_id = r.loan_id
  AND e.data->>'default_report_id' = r.id::text
"""
# A change of the rate that a later one replaced counted until that was recorded.
_RATES: Final = """
SELECT r.loan_id::text, r.id::text, r.from_on, trim_scale(r.annual_rate)::text, r.recorded_at, r.replaced_on,
  coalesce((SELECT min(n.recorded_at) FROM loan_rate n WHERE n.loan_id = r.loan_id AND n.recorded_at > r.recorded_at),
    r.replaced_on::timestamp AT TIME ZONE 'Asia/Shanghai')
FROM loan_rate r
"""
_REMISSIONS: Final = """
SELECT m.loan_id::text, m.id::text, m.value_on, (m.amount * 100)::bigint, m.remits, m.decided_at, v.decided_on,
  v.decided_at
FROM remission m LEFT JOIN remission_reversal v ON v.remission_id = m.id AND v.state = 'confirmed'
WHERE m.state = 'confirmed'
"""
_MISUSES: Final = """
SELECT m.loan_id::text, m.id::text, 'misuse', m.from_on, (m.amount * 100)::bigint, m.decided_at, v.decided_on,
  v.decided_at
FROM misuse m LEFT JOIN misuse_reversal v ON v.misuse_id = m.id AND v.state = 'confirmed' WHERE m.state = 'confirmed'
UNION ALL
SELECT m.loan_id::text, e.id::text, 'misuse_ended', e.ended_on, 0, e.decided_at, v.decided_on, v.decided_at
FROM misuse_termination e JOIN misuse m ON m.id = e.misuse_id
LEFT JOIN misuse_reversal v ON v.misuse_id = m.id AND v.state = 'confirmed' WHERE e.state = 'confirmed'
"""
_GIVEN_UP: Final = """
SELECT loan_id::text, installment_number, remitted_on, (penalty * 100)::bigint, (interest * 100)::bigint,
  (principal * 100)::bigint, remission_id::text
FROM remission_part ORDER BY loan_id, place
"""
_CHARGES: Final = """
SELECT loan_id::text, installment_number, period_from, period_until, (overdue * 100)::bigint, (amount * 100)::bigint,
  (compound * 100)::bigint
FROM penalty_accrual ORDER BY loan_id, installment_number, period_until
"""
# Days on which a county rests or works by itself, in the order in which they were confirmed.
_OWN_DAYS: Final = """
SELECT county_code, decided_at, kind, days FROM county_days WHERE state = 'confirmed' ORDER BY decided_at, id
"""
_MARKED: Final = "SELECT scope, max(business_date) FROM job_run WHERE job = 'mark-overdue' GROUP BY scope"
_RAN: Final = "SELECT scope, max(finished_at) FROM job_run WHERE job = 'mark-overdue' GROUP BY scope"
_CLASSIFIED: Final = "SELECT county_code, max(classified_on) FROM class_run GROUP BY county_code"


@dataclass(frozen=True, slots=True)
class Booked:
    """One posting with when it was booked, and whether and when it was taken back."""

    posting: Posting
    at: datetime | None = None
    version: int | None = None
    reversed_on: date | None = None
    reversed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmed default, its figures: overdue since, fen outstanding, interest, penalty, surcharge or `UNKNOWN`."""

    id: str
    on: date
    at: datetime
    version: int | None
    figures: tuple[Any, ...]
    calls_in: bool  # it lets all that is lent fall due
    cause: str
    has_notice: bool  # of that


@dataclass(frozen=True, slots=True)
class Books:
    """One loan in the books; `receipts` by id: parts, held, refunded, principal left; `surcharges` by id, in fen."""

    loan: Any
    booked: Sequence[Booked]
    confirmed: Sequence[Confirmed]
    receipts: dict[str, tuple[object, ...]]
    surcharges: dict[str, int]
    dues: Sequence[tuple[Any, ...]]
    charges: Sequence[tuple[Any, ...]]
    given_up: Sequence[tuple[Any, ...]]
    marked_until: date | None
    classified_until: date | None
    ran_at: datetime | None = None

    @property
    def id(self) -> str:
        """Return the loan's id."""
        return str(self.loan["id"])

    @property
    def postings(self) -> list[Posting]:
        """Return what counts."""
        return [each.posting for each in self.booked if each.reversed_on is None]

    @property
    def until(self) -> date:
        """Return the day up to which the loan was brought: its last posting, or the last run over its county."""
        days: list[date] = [self.loan["disbursed_on"], *(posting.on for posting in self.postings)]
        return max([*days, *filter(None, [self.marked_until, self.classified_until])])

    @property
    def was_run(self) -> bool:
        """Return whether the last run over the county found the loan as it is: booked, and nothing taken back since."""
        changed = [self.loan["booked_at"], *(each.reversed_at for each in self.booked)]
        return self.ran_at is not None and all(at < self.ran_at for at in changed if at is not None)

    @property
    def last_key(self) -> tuple[date, int, str]:
        """Return the place of the last posting; a later one may be booked without looking at the others."""
        return max((posting.key for posting in self.postings), default=(self.loan["disbursed_on"], 0, ""))

    def known_before(self, confirmed: Confirmed) -> list[Posting]:
        """Return what counted when a default was confirmed, as it was known then."""
        return [
            each.posting
            for each in self.booked
            if each.posting.on <= confirmed.on
            and (each.version is None or confirmed.version is None or each.version < confirmed.version)
            and (each.at is None or each.at < confirmed.at)
            and (each.reversed_on is None or (each.reversed_at is not None and each.reversed_at > confirmed.at))
        ]


async def books_of(lending: Snapshot) -> AsyncIterator[Books]:
    """Yield every loan of the snapshot."""
    dues, charges = await _grouped(lending, _INSTALLMENTS), await _grouped(lending, _CHARGES)
    defaults, refunds = await _grouped(lending, _DEFAULTS), await _grouped(lending, _REFUNDS)
    rates, remissions = await _grouped(lending, _RATES), await _grouped(lending, _REMISSIONS)
    given_up, misuses = await _grouped(lending, _GIVEN_UP), await _grouped(lending, _MISUSES)
    parts: dict[str, dict[int, tuple[int, int, int]]] = {}
    async for repayment_id, number, penalty, interest, principal in lending.each(_PARTS):
        parts.setdefault(repayment_id, {})[number] = (penalty, interest, principal)
    received = await _grouped(lending, _RECEIPTS)
    marked, classified = await lending.map(_MARKED), await lending.map(_CLASSIFIED)
    ran, own_days = await lending.map(_RAN), await _grouped(lending, _OWN_DAYS)
    for row in await lending.rows(_LOANS):
        loan, key = {**row, "own_terms": json.loads(row["own_terms"])}, row["id"]
        loan["own_days"] = own_days.get(row["county_code"], [])
        money = received.get(key, ())
        booked = [
            *(Booked(Posting(*row[:5]), None, row[8], *row[9:11]) for row in money),
            *(
                Booked(Posting(row[0], "rate", row[1], row[0], rate_percent=rate(row[2])), row[3], None, *row[4:])
                for row in rates.get(key, ())
            ),
            *(
                Booked(Posting(row[0], "remission", row[1], row[0], row[2], gives_up=row[3]), row[4], None, *row[5:])
                for row in remissions.get(key, ())
            ),
            *(
                Booked(Posting(row[0], row[1], row[2], row[0], row[3]), row[4], None, *row[5:])
                for row in misuses.get(key, ())
            ),
            *(Booked(Posting(row[0], "refund", row[1], row[0], row[2]), row[3]) for row in refunds.get(key, ())),
            *(
                Booked(Posting(row[0], "default", row[1], row[0], calls_in=row[11]), row[2], None, *row[9:11])
                for row in defaults.get(key, ())
            ),
        ]
        yield Books(
            loan,
            booked,
            [Confirmed(row[0], row[1], row[2], row[3], row[4:9], *row[11:]) for row in defaults.get(key, ())],
            {row[0]: (parts.get(row[0], {}), *row[5:8]) for row in money if row[9] is None},
            {row[0]: row[11] for row in money if row[9] is None},
            dues.get(key, ()),
            charges.get(key, ()),
            given_up.get(key, ()),
            marked.get(loan["county_code"]),
            classified.get(loan["county_code"]),
            ran.get(loan["county_code"]),
        )


async def _grouped(lending: Snapshot, statement: str) -> dict[str, list[tuple[Any, ...]]]:
    groups: dict[str, list[tuple[Any, ...]]] = {}
    async for row in lending.each(statement):
        groups.setdefault(row[0], []).append(tuple(row)[1:])
    return groups
