"""The day's job: what the county's rules ask for is opened, what is needless ends, what is late is published.

Packs and loans are read, `periods` decides, and the turns that are not there yet are inserted set by set. A turn
stands once: a day that runs again, or on two replicas, adds nothing. Missed days are caught up in order.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

from services.registry.duties.actions.entity_turns import END_RELEASED, turns_of_entities
from services.registry.duties.actions.turns import Rules, Turns, turn_row, turns_of
from services.registry.duties.pack_rules import duties_of_loans, duties_of_places
from services.registry.duties.rules.kinds import BY_TOWNSHIP
from services.registry.duties.schemas import DutyRunOut
from services.registry.policy.packs.queries import find_packs_in_force
from shared.access import Principal
from shared.db import Connection
from shared.events.lending import DisbursementReversed
from shared.events.registry import DutyOverdue
from shared.jobs import JobRunIn, run_once
from shared.outbox import bulk_insert, current_traceparent
from shared.policy.in_force import ConfirmedPack

JOB: Final = "open-duties"
LOANS_AT_ONCE: Final = 5_000  # a few megabytes of rows
_TOWNSHIP_DIGITS: Final = 9
_DAY: Final = timedelta(days=1)

_STARTS: Final = """
SELECT DISTINCT effective_from FROM policy_pack
WHERE county_code = $1 AND state = 'confirmed' AND effective_from <= $2 ORDER BY 1
"""
_NAMED: Final = """
SELECT DISTINCT region FROM policy_pack CROSS JOIN LATERAL jsonb_array_elements_text(regions) AS region
WHERE county_code = $1 AND state = 'confirmed'
"""
_PLACES: Final = """
SELECT code, valid_from, valid_until FROM region
WHERE code ^@ $1 AND (level = 'township' OR code = ANY ($2::text[])) ORDER BY code
"""
# Loans that were open when the job ran last; whatever happened since is caught up, and closed loans need nothing more.
_LOANS: Final = """
SELECT k.loan_id, k.household_id, k.village_code, k.bank_code, k.product_code, k.disbursed_on, k.closed_on,
       (SELECT jsonb_object_agg(t.series, t.latest) FROM (
          SELECT d.series, max(d.opens_on) AS latest FROM duty d
          WHERE d.loan_id = k.loan_id AND d.series IS NOT NULL GROUP BY 1) t) AS opened
FROM household_loan k
WHERE k.village_code ^@ $1 AND k.disbursed_on <= $2 AND coalesce(k.closed_on > $3, true)
  AND ($4::uuid IS NULL OR k.loan_id > $4)
ORDER BY k.loan_id LIMIT $5
"""
_RAN_LAST: Final = "SELECT max(business_date) FROM job_run WHERE job = $1 AND scope = $2"
_OPEN: Final = """
INSERT INTO duty (id, version, county_code, region_code, kind, series, offices, loan_id, household_id, bank_code,
  entity_id, pictures, opens_on, due_on, pack_id)
SELECT uuid7(), 0, $1, n.region_code, n.kind, n.series, n.offices, n.loan_id, n.household_id, n.bank_code, n.entity_id,
  n.pictures, n.opens_on, n.due_on, n.pack_id
FROM jsonb_to_recordset($2::jsonb) AS n (region_code text, kind text, series text, offices text[], loan_id uuid,
  household_id uuid, bank_code text, entity_id uuid, pictures int, opens_on date, due_on date, pack_id uuid)
ORDER BY n.opens_on, n.region_code, n.series ON CONFLICT DO NOTHING RETURNING 1
"""
_UNDONE: Final = (
    "d.ended_on IS NULL AND NOT EXISTS (SELECT FROM duty_record r WHERE r.duty_id = d.id AND r.withdrawn_on IS NULL)"
)
# A turn that was late before the loan was repaid or the region ended stays late.
_END: Final = f"""
WITH ended AS (
  UPDATE duty d SET ended_on = k.closed_on, end_cause = 'loan_closed' FROM household_loan k
  WHERE k.loan_id = d.loan_id AND d.county_code = $1 AND k.closed_on <= $2 AND k.closed_on <= d.due_on AND {_UNDONE}
  RETURNING 1
), gone AS (
  UPDATE duty d SET ended_on = g.valid_until, end_cause = 'region_ended' FROM region g
  WHERE g.code = d.region_code AND d.county_code = $1 AND d.loan_id IS NULL AND g.valid_until <= $2
    AND d.entity_id IS NULL AND g.valid_until <= d.due_on AND {_UNDONE}
  RETURNING 1
)
SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM gone)
"""  # noqa: S608 - our own condition
_END_REVERSED: Final = f"""
UPDATE duty d SET ended_on = greatest(t.reversed_on, d.opens_on), end_cause = 'loan_closed'
FROM unnest($1::uuid[], $2::date[]) AS t (loan_id, reversed_on) WHERE t.loan_id = d.loan_id AND {_UNDONE}
"""  # noqa: S608 - our own condition
# A loan whose closing was taken back owes again what had ended with it.
_RESUME: Final = """
UPDATE duty d SET ended_on = NULL, end_cause = NULL FROM household_loan k
WHERE k.loan_id = d.loan_id AND d.county_code = $1 AND d.end_cause = 'loan_closed'
  AND coalesce(k.closed_on > d.due_on, true)
"""
_TELL: Final = bulk_insert(
    DutyOverdue,
    source="late p",
    aggregate_id="p.id",
    aggregate_version="p.version",
    region_code="p.region_code",
    traceparent="$3::text",
    data={
        "duty_id": "p.id",
        "kind": "p.kind",
        "offices": "to_jsonb(p.offices)",
        "region_code": "p.region_code",
        "loan_id": "p.loan_id",
        "due_on": "p.due_on",
        "noticed_on": "$2::date",
    },
)
_NOTE_LATE: Final = f"""
WITH late AS (
  UPDATE duty d SET overdue_noted_on = $2::date, version = version + 1
  WHERE d.county_code = $1 AND d.due_on < $2::date AND d.overdue_noted_on IS NULL AND {_UNDONE}
  RETURNING d.id, d.version, d.kind, d.offices, d.region_code, d.loan_id, d.due_on
), events AS ({_TELL})
SELECT count(*) FROM late
"""  # noqa: S608 - our own texts


async def open_duties(conn: Connection, officer: Principal, body: JobRunIn) -> DutyRunOut:
    """Open every duty whose turn has begun by the day, end what is needless, and publish once what is late.

    Raises: OutsideRegion. Clauses: FJ-2, FJ-3, FJ-15, DZ-4b, DZ-4c, DZ-5a, DZ-8,
    DY-8, SX-4, XX-9.
    """
    found = await run_once(conn, officer, JOB, body, lambda: _run(conn, body.county_code, body.as_of))
    return DutyRunOut(job=JOB, county_code=body.county_code, as_of=body.as_of, **found)


async def _run(conn: Connection, county_code: str, as_of: date) -> dict[str, Any]:
    named = [row["region"] for row in await conn.fetch(_NAMED, county_code)]
    places = await conn.fetch(_PLACES, county_code, named)
    rules = await _rules(conn, county_code, {*named, *(row["code"] for row in places)}, as_of)
    opened = await _insert(conn, county_code, _of_places(places, set(named), rules, as_of))
    opened += await _open_for_loans(conn, county_code, rules, as_of)
    opened += await _insert(conn, county_code, await turns_of_entities(conn, county_code, rules, as_of))
    await conn.execute(_RESUME, county_code)
    ended = await conn.fetchval(_END, county_code, as_of) + await conn.fetchval(END_RELEASED, county_code, as_of)
    late = await conn.fetchval(_NOTE_LATE, county_code, as_of, current_traceparent())
    return {"opened_count": opened, "ended_count": ended, "overdue_count": late}


async def _rules(conn: Connection, county_code: str, regions: Iterable[str], as_of: date) -> Rules:
    found: dict[str, list[tuple[date, ConfirmedPack]]] = {region: [] for region in regions}
    for row in await conn.fetch(_STARTS, county_code, as_of):
        for region, pack in (await find_packs_in_force(conn, found, row["effective_from"])).items():
            if pack is not None:
                found[region].append((row["effective_from"], pack))
    return found


def _of_places(places: Sequence[Any], named: set[str], rules: Rules, as_of: date) -> Iterator[dict[str, Any]]:
    """Yield the turns of places: what townships owe for each of them, everything else for where a pack holds."""
    for place in places:
        is_township, holds = len(place["code"]) == _TOWNSHIP_DIGITS, place["code"] in named
        last_day = min(as_of, place["valid_until"] - _DAY) if place["valid_until"] else as_of
        for turns in turns_of([(day, pack.pack_id, duties_of_places(pack.pack)) for day, pack in rules[place["code"]]]):
            for duty, pack_id, period in turns.through(place["valid_from"] or date.min, last_day):
                if is_township if duty.kind in BY_TOWNSHIP else holds:
                    yield turn_row(duty, pack_id, period, place["code"])


async def _open_for_loans(conn: Connection, county_code: str, rules: Rules, as_of: date) -> int:
    since = await conn.fetchval(_RAN_LAST, JOB, county_code) or date.min
    series: dict[tuple[str, str | None], list[Turns]] = {}
    opened, after = 0, None
    while loans := await conn.fetch(_LOANS, county_code, as_of, since, after, LOANS_AT_ONCE):
        rows = [row for loan in loans for row in _of_loan(loan, _series_of(loan, series, rules), as_of)]
        opened += await _insert(conn, county_code, rows)
        after = loans[-1]["loan_id"]
    return opened


def _series_of(loan: Any, known: dict[tuple[str, str | None], list[Turns]], rules: Rules) -> list[Turns]:
    """Return the series of a loan's township and product; loans that share both share them."""
    place = loan["village_code"][:_TOWNSHIP_DIGITS]
    key = (place, loan["product_code"])
    if key not in known:
        stated = [
            (day, pack.pack_id, duties_of_loans(pack.product(key[1]).pack) if pack.offers(key[1]) else ())
            for day, pack in rules.get(place, ())
        ]
        known[key] = list(turns_of(stated))
    return known[key]


def _of_loan(loan: Any, series: Iterable[Turns], as_of: date) -> Iterator[dict[str, Any]]:
    last_day = min(as_of, loan["closed_on"] - _DAY) if loan["closed_on"] else as_of
    opened = loan["opened"] or {}
    of_loan = {key: str(loan[key]) for key in ("loan_id", "household_id")} | {"bank_code": loan["bank_code"]}
    for turns in series:
        for duty, pack_id, period in turns.through(loan["disbursed_on"], last_day):
            if period.opens_on.isoformat() > opened.get(duty.series, ""):
                yield turn_row(duty, pack_id, period, loan["village_code"]) | of_loan


async def _insert(conn: Connection, county_code: str, rows: Iterable[dict[str, Any]]) -> int:
    return len(await conn.fetch(_OPEN, county_code, list(rows)))


async def end_reversed(conn: Connection, events: Sequence[DisbursementReversed]) -> None:
    """End what nobody has done yet for loans whose disbursement was taken back: there is nothing to look after."""
    await conn.execute(_END_REVERSED, [each.loan_id for each in events], [each.reversed_on for each in events])
