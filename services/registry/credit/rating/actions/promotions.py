"""Raise grades and credit limits for loans repaid on time, the lending bank's or the county's (FJ-10, LG-10)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.policy.packs.rules.schemes import scheme_of
from shared.dates import add_months
from shared.db import Connection
from shared.events.lending import LoanClosed, LoanRestated
from shared.policy.rating_terms import RatingScheme

_RAISE: Final = "repaid_on_time"
_TAKEN_BACK: Final = "raise_taken_back"
# Households are locked in the order of their ids, so that two loans of one household that close together are raised
# one after the other.
_LOCK = "SELECT id FROM household WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
_REPAID = """
SELECT k.loan_id, k.household_id, k.village_code, k.bank_code, k.principal, k.closed_on
FROM household_loan k JOIN unnest($1::uuid[], $2::date[]) AS a (household_id, since) USING (household_id)
WHERE k.repaid_on_time AND k.closed_on >= a.since AND k.principal IS NOT NULL ORDER BY k.closed_on, k.loan_id
"""
# The latest row over a loan says whether its raise holds.
_RAISED = """
SELECT r.* FROM unnest($1::uuid[], $2::date[]) AS a (household_id, since) CROSS JOIN LATERAL (
  SELECT DISTINCT ON (t.loan_id) t.loan_id, t.household_id, t.village_code, t.bank_code, t.grade, t.credit_limit,
         t.cause, t.valid_from
  FROM rating t WHERE t.household_id = a.household_id AND t.loan_id IS NOT NULL ORDER BY t.loan_id, t.id DESC
) r WHERE r.cause = 'repaid_on_time' AND r.valid_from >= a.since ORDER BY r.valid_from, r.loan_id
"""
# The rating before a loan's raise: the latest on that day, without what the loan itself or a later one of the day did;
# the lending bank's where it rates by itself, else the county's.
_BEFORE = """
SELECT a.loan_id, r.grade, r.credit_limit, r.bank_code, r.valid_until,
       EXISTS (SELECT FROM listing l WHERE l.household_id = a.household_id AND l.listed_on <= a.closed_on
                 AND coalesce(l.cleared_on > a.closed_on, true)) AS listed
FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[]) AS a (loan_id, household_id, closed_on, bank_code)
CROSS JOIN LATERAL (
  SELECT t.grade, t.credit_limit, t.bank_code, t.valid_until FROM rating t
  WHERE t.household_id = a.household_id AND (t.bank_code IS NULL OR t.bank_code = a.bank_code)
    AND (t.valid_from < a.closed_on OR t.valid_from = a.closed_on AND coalesce(t.loan_id < a.loan_id, true))
    AND t.loan_id IS DISTINCT FROM a.loan_id
  ORDER BY t.bank_code IS NULL, t.valid_from DESC, t.id DESC LIMIT 1
) r
WHERE r.grade IS NOT NULL
"""
_RECORD = """
INSERT INTO rating (loan_id, household_id, village_code, bank_code, grade, credit_limit, cause, valid_from, valid_until)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::date[],
                     $9::date[])
"""


@dataclass(frozen=True, slots=True)
class Repaid:
    """A loan that was repaid on time, its principal in yuan."""

    loan_id: UUID
    household_id: UUID
    village_code: str
    bank_code: str | None
    principal: Decimal
    closed_on: date


async def raise_credit_limits(conn: Connection, events: Sequence[LoanClosed]) -> None:
    """Record a new rating for each household that repaid on time, valid from the day the loan was closed.

    The new rating has its own cause and points to the loan. A household that was never rated stays unrated, one that
    is on a list keeps its credit limit, and a loan that was ever late raises nothing. The loans are noted already.
    """
    await _settle(conn, _earliest((each.household_id, each.closed_on) for each in events if each.repaid_on_time))


async def settle_restated(conn: Connection, events: Sequence[LoanRestated], overturned: Mapping[UUID, date]) -> None:
    """Take back or give the raises of restated loans, and count what rests on them again.

    `overturned` are households whose entry on a list never held, since when it seemed to: it froze nothing after all.
    """
    days = [(each.household_id, day) for each in events for day in (each.before.closed_on, each.after.closed_on) if day]
    await _settle(conn, _earliest([*days, *overturned.items()]))


async def settle_overturned(conn: Connection, overturned: Mapping[UUID, date]) -> None:
    """Give the raises that wrong entries on a list froze, of households since when the entry seemed to hold."""
    await _settle(conn, overturned)


def _earliest(days: Iterable[tuple[UUID, date]]) -> dict[UUID, date]:
    found: dict[UUID, date] = {}
    for household_id, day in days:
        found[household_id] = min(day, found.get(household_id, day))
    return found


async def _settle(conn: Connection, since: Mapping[UUID, date]) -> None:
    """Bring each household's raises from a day on in line with the loans that it repaid on time."""
    if not since:
        return
    await conn.execute(_LOCK, list(since))
    asked = list(since), list(since.values())
    repaid = [Repaid(**dict(row)) for row in await conn.fetch(_REPAID, *asked)]
    raised = {row["loan_id"]: row for row in await conn.fetch(_RAISED, *asked)}
    due = {(each.loan_id, each.closed_on) for each in repaid}
    held = {loan_id: row for loan_id, row in raised.items() if (loan_id, row["valid_from"]) in due}
    back = [row for loan_id, row in raised.items() if loan_id not in held]
    for pass_ in _passes([(row["household_id"], row) for row in back]):
        await _take_back(conn, pass_)
    anew = {(row["household_id"], row["valid_from"]) for row in back}
    for loans in _passes([(each.household_id, each) for each in repaid]):
        await _raise(conn, loans, held, anew)


def _passes(rows: Sequence[tuple[UUID, Any]]) -> list[list[Any]]:
    """Split rows, in their order, into passes in which each household occurs once; nearly always one pass."""
    passes: list[list[Any]] = []
    depth: dict[UUID, int] = defaultdict(int)
    for household_id, row in rows:
        if depth[household_id] == len(passes):
            passes.append([])
        passes[depth[household_id]].append(row)
        depth[household_id] += 1
    return passes


async def _take_back(conn: Connection, raised: Sequence[Record]) -> None:
    """Record the rating before again, from the day of the raise on: the raise holds on no day."""
    before = await _before(conn, [(r["loan_id"], r["household_id"], r["valid_from"], r["bank_code"]) for r in raised])
    rows = []
    for row in raised:
        old, day = before[row["loan_id"]], row["valid_from"]
        until = max(old["valid_until"], day + timedelta(days=1))  # one that had run out by then is still out
        whose = row["loan_id"], row["household_id"], row["village_code"], row["bank_code"]
        rows.append((*whose, old["grade"], old["credit_limit"], _TAKEN_BACK, day, until))
    await _record(conn, rows)


async def _raise(
    conn: Connection, loans: Sequence[Repaid], held: Mapping[UUID, Record], anew: set[tuple[UUID, date]]
) -> None:
    """Raise what the loans raise; a raise that holds is recorded again only if it, or one of its day, changed."""
    before = await _before(conn, [(each.loan_id, each.household_id, each.closed_on, each.bank_code) for each in loans])
    rated = [each for each in loans if each.loan_id in before and _may_rise(before[each.loan_id])]
    schemes = await _schemes(conn, rated)
    rows = []
    for loan in rated:
        day, old = loan.closed_on, before[loan.loan_id]
        scheme = scheme_of(schemes[loan.village_code, day], old["bank_code"])
        found = next_limit(old["grade"], old["credit_limit"], loan.principal, scheme)
        if _holds(held.get(loan.loan_id), found.grade, found.credit_limit) and (loan.household_id, day) not in anew:
            continue
        anew.add((loan.household_id, day))
        whose = loan.loan_id, loan.household_id, loan.village_code, old["bank_code"]
        rows.append((*whose, found.grade, found.credit_limit, _RAISE, day, add_months(day, scheme.valid_months)))
    await _record(conn, rows)


def _may_rise(before: Record) -> bool:
    """Return whether a rating rises: it has a credit limit, and the household is on no list."""
    return bool(before["credit_limit"]) and not before["listed"]


def _holds(row: Record | None, grade: str, credit_limit: Decimal) -> bool:
    return row is not None and (row["grade"], row["credit_limit"]) == (grade, credit_limit)


async def _before(conn: Connection, asked: Sequence[tuple[UUID, UUID, date, str | None]]) -> dict[UUID, Record]:
    rows = await conn.fetch(_BEFORE, *(list(column) for column in zip(*asked, strict=True)))
    return {row["loan_id"]: row for row in rows}


async def _record(conn: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        await conn.execute(_RECORD, *(list(column) for column in zip(*rows, strict=True)))


async def _schemes(conn: Connection, loans: Sequence[Repaid]) -> dict[tuple[str, date], RatingScheme]:
    """Return the scheme that held in each village on each day; one read a day, and a batch has few days."""
    schemes: dict[tuple[str, date], RatingScheme] = {}
    for on in sorted({each.closed_on for each in loans}):
        packs = await get_packs_in_force(conn, {each.village_code for each in loans if each.closed_on == on}, on)
        schemes |= {(village, on): found.pack.rating_scheme() for village, found in packs.items()}
    return schemes
