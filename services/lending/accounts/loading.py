"""Accounts as they stand in the books: contract, postings and what was written of them, many loans with a few reads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.known_sql import ended, holds
from services.lending.accounts.rules.position import Allocated
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.loans.rules.schedule import Installment
from shared.db import Connection
from shared.policy.vocabulary import DayCount, DueKind, Payer, RepaymentMethod, Rounding, UnpaidInterest

MARK_OVERDUE: Final = "mark-overdue"  # the job of the day whose marks an account keeps

_LOANS: Final = """
SELECT l.id, l.household_id, l.village_code, l.county_code, l.bank_code, l.state, l.version, l.principal,
  l.principal_outstanding, l.interest_paid, l.penalty_paid, l.held, l.annual_rate, l.signed_rate,
  l.rate_stated, l.contract_number, l.interest_charged, l.penalty_accrued, l.penalty_multiplier, l.day_count,
  l.repayment_method, l.rounding, l.disbursed_on, l.early_payment_window_days, l.grace_days, l.prepayment_allowed,
  l.allocation_order, l.tolerance, l.principal_remitted, l.interest_remitted, l.penalty_remitted, l.surcharge_remitted,
  l.unpaid_interest_bears, l.misuse_multiplier, l.overdue_from, l.closed_on, l.was_late, l.claim_id,
  l.defaulted_on, l.granted_under, l.written_off_on, l.misused
FROM loan l WHERE l.id = ANY ($1::uuid[]) ORDER BY l.id
"""
_SCHEDULES: Final = f"""
SELECT loan_id, number, due_on, days, principal, interest, principal + interest AS total,
  sum(principal) OVER (PARTITION BY loan_id ORDER BY due_on DESC, number DESC) - principal AS balance, period_from
FROM installment i CROSS JOIN LATERAL (
  SELECT i.principal_due + i.principal_remitted AS principal, i.interest_due + i.interest_remitted AS interest) s
WHERE loan_id = ANY ($1::uuid[]) AND signed
  AND NOT EXISTS (SELECT FROM loan c WHERE c.id = i.loan_id AND {ended("c.cancelled_at")})
ORDER BY loan_id, due_on, number
"""  # noqa: S608 - our own text
_RECEIPTS: Final = f"""
SELECT r.loan_id, r.id, r.kind, r.paid_on, r.bank_reference, r.amount, r.payer, r.penalty, r.surcharge, r.interest,
  r.principal, r.held, r.refunded, r.principal_outstanding,
  (SELECT array_agg((p.installment_number, p.penalty, p.interest, p.principal) ORDER BY p.installment_number)
    FROM repayment_part p WHERE p.repayment_id = r.id) AS parts
FROM repayment r WHERE r.loan_id = ANY ($1::uuid[]) AND {holds("r.recorded_at", "r.reversed_at")}
"""  # noqa: S608 - our own text
_REFUNDS: Final = f"""
SELECT loan_id, id, decided_on AS value_on, amount FROM refund
WHERE loan_id = ANY ($1::uuid[]) AND state = 'confirmed' AND {holds("decided_at")}
"""  # noqa: S608 - our own text
_DEFAULTS: Final = f"""
SELECT r.loan_id, r.id, c.confirmed_on AS value_on, c.accelerates FROM default_report r
JOIN default_confirmation c ON c.report_id = r.id
WHERE r.loan_id = ANY ($1::uuid[]) AND {holds("c.confirmed_at", "r.withdrawn_at")}
"""  # noqa: S608 - our own text
_RATES: Final = f"""
SELECT loan_id, id, from_on, annual_rate FROM loan_rate
WHERE loan_id = ANY ($1::uuid[]) AND {holds("recorded_at", "replaced_at")}
"""  # noqa: S608 - our own text
_REMISSIONS: Final = f"""
SELECT m.loan_id, m.id, m.value_on, m.amount, m.remits FROM remission m
LEFT JOIN remission_reversal v ON v.remission_id = m.id AND v.state = 'confirmed'
WHERE m.loan_id = ANY ($1::uuid[]) AND m.state = 'confirmed' AND {holds("m.decided_at", "v.decided_at")}
"""  # noqa: S608 - our own text
# A misuse that was taken back never ended either.
_MISUSES: Final = f"""
SELECT m.loan_id, p.id, p.value_on, p.amount, p.ends FROM misuse m
LEFT JOIN misuse_reversal v ON v.misuse_id = m.id AND v.state = 'confirmed'
LEFT JOIN misuse_termination e ON e.misuse_id = m.id AND e.state = 'confirmed'
CROSS JOIN LATERAL (
  VALUES (m.id, m.from_on, m.amount, m.decided_at, false), (e.id, e.ended_on, 0.00, e.decided_at, true))
  AS p (id, value_on, amount, decided_at, ends)
WHERE m.loan_id = ANY ($1::uuid[]) AND m.state = 'confirmed' AND {holds("p.decided_at", "v.decided_at")}
"""  # noqa: S608 - our own text
_REST_DAYS: Final = f"""
SELECT region_code, day, next_workday FROM rest_day
WHERE region_code = ANY ($3::text[]) AND day = ANY ($1::date[]) AND {holds("known_at")}
UNION ALL
SELECT region_code, day, next_workday FROM former_rest_day
WHERE region_code = ANY ($3::text[]) AND day = ANY ($1::date[]) AND {holds("known_at", "replaced_at")}
"""  # noqa: S608 - our own text
_MARKED: Final = """
SELECT scope, max(business_date) AS day FROM job_run WHERE job = $1 AND scope = ANY ($2::text[]) GROUP BY scope
"""
_CLASSIFIED: Final = """
SELECT county_code, max(classified_on) AS day FROM class_run WHERE county_code = ANY ($1::text[]) GROUP BY county_code
"""


@dataclass(frozen=True, slots=True)
class Books:
    """One loan as it stands in the books.

    `principal_left` is the principal outstanding after each repayment. `marked_until` is the last day on which late
    loans were marked, `classified_until` the last month end of which loans were classified: money held has paid what
    fell due by both.
    """

    loan: Mapping[str, Any]
    contract: Contract
    postings: tuple[Posting, ...]
    allocated: Mapping[UUID, Allocated]
    principal_left: Mapping[UUID, Decimal]
    rest_days: RestDays
    marked_until: date | None
    classified_until: date | None

    @property
    def id(self) -> UUID:
        """Return the loan's id."""
        loan_id: UUID = self.loan["id"]
        return loan_id

    def last_day(self, postings: Iterable[Posting], *others: date) -> date:
        """Return the day that figures after some postings are of: the last one's, or that of the county's last run."""
        first = self.contract.disbursed_on
        runs = self.marked_until or first, self.classified_until or first
        return max([first, *runs, *(posting.value_on for posting in postings), *others])


async def books_of(conn: Connection, loan_ids: Iterable[UUID], known_at: datetime | None = None) -> list[Books]:
    """Return the books of loans, by id; who means to write has locked them before, in a statement of its own.

    With `known_at`, what was posted and known by then; contract and what was written of it are those of now.
    """
    ids = sorted(set(loan_ids))
    loans = await conn.fetch(_LOANS, ids)
    schedules = _by_loan(await conn.fetch(_SCHEDULES, ids, known_at))
    receipts = _by_loan(await conn.fetch(_RECEIPTS, ids, known_at))
    others = [
        _by_loan(await conn.fetch(statement, ids, known_at))
        for statement in (_DEFAULTS, _REFUNDS, _RATES, _REMISSIONS, _MISUSES)
    ]
    counties = sorted({loan["county_code"] for loan in loans})
    marked = {row["scope"]: row["day"] for row in await conn.fetch(_MARKED, MARK_OVERDUE, counties)}
    classified = {row["county_code"]: row["day"] for row in await conn.fetch(_CLASSIFIED, counties)}
    contracts = {loan["id"]: _contract(loan, schedules[loan["id"]]) for loan in loans}
    rest_days = await _rest_days(conn, contracts, others[0], counties, known_at)
    return [
        Books(
            loan=dict(loan),
            contract=contracts[loan["id"]],
            postings=_postings(receipts[loan["id"]], *(kind[loan["id"]] for kind in others)),
            allocated={row["id"]: _allocated(row) for row in receipts[loan["id"]]},
            principal_left={row["id"]: row["principal_outstanding"] for row in receipts[loan["id"]]},
            rest_days=rest_days[loan["county_code"]],
            marked_until=marked.get(loan["county_code"]),
            classified_until=classified.get(loan["county_code"]),
        )
        for loan in loans
    ]


def _by_loan(rows: Iterable[Mapping[str, Any]]) -> Mapping[UUID, list[Mapping[str, Any]]]:
    found: defaultdict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["loan_id"]].append(row)
    return found


def _contract(loan: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Contract:
    schedule = tuple(Installment(**{name: row[name] for name in Installment.__slots__}) for row in rows)
    return Contract(
        principal=loan["principal"],
        annual_rate=loan["signed_rate"],
        penalty_multiplier=loan["penalty_multiplier"],
        day_count=DayCount(loan["day_count"]),
        repayment_method=RepaymentMethod(loan["repayment_method"]),
        rounding=Rounding(loan["rounding"]),
        disbursed_on=loan["disbursed_on"],
        early_payment_window_days=loan["early_payment_window_days"],
        grace_days=loan["grace_days"],
        prepayment_allowed=loan["prepayment_allowed"],
        allocation_order=tuple(DueKind(kind) for kind in loan["allocation_order"]),
        schedule=schedule,
        tolerance=loan["tolerance"],
        unpaid_interest_bears=UnpaidInterest(loan["unpaid_interest_bears"]),
        misuse_multiplier=loan["misuse_multiplier"],
    )


def _postings(
    receipts: Sequence[Mapping[str, Any]],
    defaults: Sequence[Mapping[str, Any]],
    refunds: Sequence[Mapping[str, Any]],
    rates: Sequence[Mapping[str, Any]],
    remissions: Sequence[Mapping[str, Any]],
    misuses: Sequence[Mapping[str, Any]],
) -> tuple[Posting, ...]:
    return (
        *(
            Posting(
                row["id"],
                PostingKind(row["kind"]),
                row["paid_on"],
                row["bank_reference"],
                row["amount"],
                payer=Payer(row["payer"]),
            )
            for row in receipts
        ),
        *(
            Posting(row["id"], PostingKind.DEFAULT, row["value_on"], str(row["id"]), accelerates=row["accelerates"])
            for row in defaults
        ),
        *(Posting(row["id"], PostingKind.REFUND, row["value_on"], str(row["id"]), row["amount"]) for row in refunds),
        *(rate_posting(row["id"], row["from_on"], row["annual_rate"]) for row in rates),
        *(remission_posting(row["id"], row["value_on"], row["remits"], row["amount"]) for row in remissions),
        *(misuse_posting(row["id"], row["value_on"], row["amount"], ends=row["ends"]) for row in misuses),
    )


def rate_posting(rate_id: UUID, from_on: date, annual_rate: Decimal) -> Posting:
    """Return a change of the rate (percent a year) as a posting."""
    return Posting(rate_id, PostingKind.RATE, from_on, str(rate_id), annual_rate=annual_rate)


def misuse_posting(posting_id: UUID, value_on: date, amount: Decimal, *, ends: bool) -> Posting:
    """Return as a posting that so much principal (yuan) was misused since a day, or that this ended."""
    kind = PostingKind.MISUSE_ENDED if ends else PostingKind.MISUSE
    return Posting(posting_id, kind, value_on, str(posting_id), amount)


def remission_posting(remission_id: UUID, value_on: date, remits: str, amount: Decimal) -> Posting:
    """Return what two persons remitted of a kind (yuan) as a posting."""
    kind = PostingKind.REMISSION
    return Posting(remission_id, kind, value_on, str(remission_id), amount, remits=DueKind(remits))


def _allocated(row: Mapping[str, Any]) -> Allocated:
    parts = tuple(tuple(part) for part in row["parts"] or ())
    kinds = {kind: row[kind] for kind in ("penalty", "surcharge", "interest", "principal", "held", "refunded")}
    return Allocated(**kinds, parts=parts)


async def _rest_days(
    conn: Connection,
    contracts: Mapping[UUID, Contract],
    defaults: Mapping[UUID, Any],
    counties: Sequence[str],
    known_at: datetime | None,
) -> dict[str, RestDays]:
    """Return each county's days of rest among those on which something may fall due, by contract or default, or end
    its grace: China's, but for the days that the county has of its own.
    """
    asked = set()
    for loan_id, contract in contracts.items():
        due_on = {row.due_on for row in contract.schedule} | {row["value_on"] for row in defaults[loan_id]}
        asked |= due_on | {day + timedelta(days=contract.grace_days) for day in due_on}
    rows = await conn.fetch(_REST_DAYS, sorted(asked), known_at, ["", *counties])
    of_region: defaultdict[str, dict[date, date]] = defaultdict(dict)
    for row in rows:
        of_region[row["region_code"]][row["day"]] = row["next_workday"]
    return {county: RestDays({**of_region[""], **of_region[county]}) for county in counties}
