"""Prepare a batch: what interest payments lack by the facts known now, in one statement."""

from datetime import date
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.comparison_sql import COMPARED
from services.subsidy.batches.due_sql import FIRST_DAY, LAST_DAY, rule_rows
from services.subsidy.batches.plans import SECONDS, hashed
from services.subsidy.batches.queries import get_batch
from services.subsidy.batches.refusals import (
    CapRateMissing,
    InterestHeldBack,
    NothingToSubsidise,
    PeriodOutsideProgramme,
    PeriodReversed,
    ProgrammeOfAnotherCounty,
)
from services.subsidy.batches.rules.due import EXPLAINED, FIGURES, WITHHELD
from services.subsidy.batches.schemas import BatchIn, BatchOut
from services.subsidy.clawbacks.actions import deciding as clawbacks
from services.subsidy.programmes.queries import ensure_may_promise
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.offices import Step
from shared.policy.copies import find_current_pack, packs_of_versions
from shared.scope import Scope

_PROGRAMME: Final = "SELECT id, county_code, starts_on, ends_on, closed_on, state FROM programme WHERE id = $1"
_SIGNED: Final = "SELECT DISTINCT village_code, pack_version FROM subsidy_account WHERE county_code = $1"
_CORRECTED_ON: Final = """
SELECT DISTINCT c.effective_from FROM pack_correction c JOIN policy_pack p USING (pack_id)
WHERE p.county_code = $1 ORDER BY c.effective_from
"""
_OPEN: Final = """
INSERT INTO subsidy_batch (id, county_code, programme_id, period_from, period_until, prepared_on, prepared_by, office,
  state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'prepared')
"""
# What no line has of the period becomes a line; what has one and proved too little up to its end, a supplement. A loan
# that was granted too much elsewhere receives less by as much, so that nothing is granted twice.
# Who is on the blacklist on the day receives nothing: the interest waits, without a line, until the entry is cleared
# (LG-22).
# A line's id is its batch's with the line's place in it: drawing each by itself costs as much as working it out.
_LINE_ID: Final = "(left($3::uuid::text, 24) || lpad(to_hex(row_number() OVER ()), 12, '0'))::uuid"
_OF_LINE: Final = ("days", "eligible_days", "cap_rate", *FIGURES)
_ADD_LINES: Final = f"""
WITH concerned AS MATERIALIZED (
  SELECT loan_id FROM subsidy_account WHERE county_code = $4
), {COMPARED}, payable AS NOT MATERIALIZED (
  SELECT c.*, greatest(c.difference, 0) AS lacking, c.bars_listed AND c.household_id IN (
    SELECT e.household_id FROM household_listing e WHERE e.list_name = 'blacklist' AND NOT e.overturned
      AND e.listed_on <= $2 AND coalesce(e.cleared_on > $2, true)) AS held
  FROM compared c
  WHERE CASE WHEN c.has_line THEN c.difference > 0 AND c.paid_on < $6 ELSE c.paid_on >= $5 AND c.paid_on < $6 END
  OFFSET 0
), shared AS NOT MATERIALIZED (
  SELECT p.*, CASE WHEN NOT held THEN lacking END AS granted FROM payable p WHERE open = 'Infinity'
  UNION ALL
  SELECT p.*, CASE WHEN NOT held THEN greatest(0, least(lacking, open
    - (sum(lacking) FILTER (WHERE NOT held) OVER (PARTITION BY loan_id
      ORDER BY paid_on, installment_number, repayment_id) - lacking))) END
  FROM payable p WHERE open < 'Infinity' AND (SELECT count(*) FROM bounded) > 0
), added AS (
  INSERT INTO subsidy_line (id, batch_id, kind, loan_id, household_id, village_code, repayment_id, installment_number,
    part_version, number, interest, {", ".join(EXPLAINED)}, amount, reasons, {", ".join(_OF_LINE)})
  SELECT {_LINE_ID}, $3::uuid, CASE WHEN has_line THEN 'supplement' ELSE 'interest' END, loan_id, household_id,
    village_code, repayment_id, installment_number, part_version, CASE WHEN has_line THEN last_number + 1 ELSE 1 END,
    {", ".join(f"CASE WHEN has_line THEN 0 ELSE {name} END" for name in ("interest", *WITHHELD, "due - granted"))},
    granted, CASE WHEN has_line OR granted = due THEN reasons
      ELSE array_remove(reasons, 'full') || ARRAY['granted_before'] END, {", ".join(_OF_LINE)}
  FROM shared WHERE NOT held AND (NOT has_line OR granted > 0)
  RETURNING 1
), looked_at AS (
  SELECT count(*) FILTER (WHERE held) AS held_back, min(cap_basis) FILTER (WHERE cap_missing) AS basis,
    min(disbursed_on) FILTER (WHERE cap_missing) AS first_on,
    max(paid_on) FILTER (WHERE NOT held AND (NOT has_line OR granted > 0)) AS last_paid_on
  FROM shared
), noted AS (
  UPDATE subsidy_batch SET held_back = (SELECT held_back FROM looked_at) WHERE id = $3
)
SELECT (SELECT count(*) FROM added) AS lines, last_paid_on, held_back, basis, first_on,
  CASE WHEN basis IS NULL THEN 0 ELSE (SELECT count(DISTINCT loan_id) FROM payable WHERE cap_missing) END
    AS loans_without_cap
FROM looked_at
"""  # noqa: S608 - our own text
_ADD_OFFSETS: Final = """
INSERT INTO subsidy_line (id, batch_id, kind, loan_id, household_id, village_code, clawback_id, interest, amount,
  reasons, days, eligible_days)
SELECT uuid7(), $1, 'clawback', t.loan_id, t.household_id, t.village_code, t.id, 0, -t.amount, ARRAY['clawback'], 0, 0
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::numeric[])
  AS t (id, loan_id, household_id, village_code, amount)
"""
LINES_HASH: Final = """
SELECT encode(sha256(convert_to(string_agg(concat_ws('|', id, kind, household_id, loan_id, repayment_id,
  installment_number, clawback_id, interest, amount), E'\\n' ORDER BY id), 'UTF8')), 'hex')
FROM subsidy_line WHERE batch_id = $1
"""
_SUM_UP: Final = f"""
UPDATE subsidy_batch SET lines = s.lines, households = s.households, interest = s.interest, amount = s.amount,
  lines_hash = ({LINES_HASH})
FROM (
  SELECT sum(lines)::int AS lines, count(*) FILTER (WHERE amount > 0)::int AS households, sum(interest) AS interest,
    sum(amount) AS amount
  FROM (SELECT count(*) AS lines, sum(interest) AS interest, sum(amount) AS amount
        FROM subsidy_line WHERE batch_id = $1 GROUP BY household_id) h
) s WHERE id = $1
"""  # noqa: S608 - our own text


async def prepare_batch(conn: Connection, officer: Principal, body: BatchIn) -> BatchOut:
    """Prepare a batch of all interest of the period that has no line, and of what earlier lines gave too little.

    Lines that come to nothing are kept too. What lines of the loan gave too much is taken off what it receives now.

    Raises:
        OtherOffice: the county's pack has another office prepare.
        PeriodReversed, ProgrammeOfAnotherCounty, PeriodOutsideProgramme: the request does not fit the programme.
        ProgrammeUnconfirmed, ProgrammeClosed, BudgetDocumentMissing: the programme promises nothing now (XX-4).
        PackNotReplicated: a loan's pack version has not arrived here.
        CapRateMissing: the pack caps the rate by a series that is not published for a loan's first day.
        NothingToSubsidise: no interest is waiting and nothing is missing.
        InterestHeldBack: all that waits is of households on the blacklist.
        DateBeforeStep: the batch is dated before interest that it reimburses.
    """
    officer.ensure_region(Right.SUBSIDIES_PREPARE, body.county_code)
    office = await acting_in(conn, officer, Step.SUBSIDY_PREPARATION, body.county_code, body.prepared_on)
    await _ensure_fits(conn, body)
    await clawbacks.lock_county(conn, body.county_code)
    rules = await rules_of_county(conn, body.county_code)
    batch_id = new_id()
    await conn.execute(
        _OPEN,
        batch_id,
        body.county_code,
        body.programme_id,
        body.period_from,
        body.period_until,
        body.prepared_on,
        officer.subject,
        str(office),
    )
    await _add_lines(conn, batch_id, body, rules)
    await _offset_clawbacks(conn, batch_id, body.county_code)
    await conn.execute(_SUM_UP, batch_id)
    return await get_batch(conn, Scope.within([body.county_code]), batch_id)


async def _ensure_fits(conn: Connection, body: BatchIn) -> None:
    if body.period_until <= body.period_from:
        raise PeriodReversed(body.period_from, body.period_until)
    programme = await conn.fetchrow(_PROGRAMME, body.programme_id)
    if programme is None or programme["county_code"] != body.county_code:
        raise ProgrammeOfAnotherCounty(body.programme_id, body.county_code)
    starts_on, ends_on = programme["starts_on"], programme["ends_on"]
    # period_until is the day after the last one, and may be the day after the programme's last.
    if body.period_from < starts_on or (body.period_until - ends_on).days > 1:
        raise PeriodOutsideProgramme(body.period_from, body.period_until, starts_on, ends_on)
    kept = await find_current_pack(conn, body.county_code, body.prepared_on)
    document = kept.pack.subsidy.budget_document if kept else None
    await ensure_may_promise(conn, programme, document.value if document else None)


async def rules_of_county(conn: Connection, county_code: str) -> list[dict[str, Any]]:
    """Return the subsidy rules of every pack version a loan of the county was signed under, each time as corrected.

    Raises:
        PackNotReplicated: one of them has not arrived here.
    """
    signed = [(row["village_code"], row["pack_version"]) for row in await conn.fetch(_SIGNED, county_code)]
    days = [FIRST_DAY, *(row["effective_from"].isoformat() for row in await conn.fetch(_CORRECTED_ON, county_code))]
    rows: list[dict[str, Any]] = []
    for since, until in pairwise([*days, LAST_DAY]):
        rows += rule_rows(await packs_of_versions(conn, county_code, signed, date.fromisoformat(since)), since, until)
    return rows


async def _add_lines(conn: Connection, batch_id: UUID, body: BatchIn, rules: list[dict[str, Any]]) -> None:
    period = (body.period_from, body.period_until)
    asked = (rules, body.prepared_on, batch_id, body.county_code, *period)
    async with hashed(conn):
        found = await conn.fetchrow(_ADD_LINES, *asked, timeout=SECONDS)
    if found["loans_without_cap"]:
        raise CapRateMissing(found["loans_without_cap"], found["basis"], found["first_on"])
    if not found["lines"] and found["held_back"]:
        raise InterestHeldBack(body.county_code, found["held_back"])
    if not found["lines"]:
        raise NothingToSubsidise(body.county_code, body.period_from, body.period_until)
    ensure_not_before("prepared_on", body.prepared_on, "interest_paid_on", found["last_paid_on"])


async def _offset_clawbacks(conn: Connection, batch_id: UUID, county_code: str) -> None:
    taken = await clawbacks.offset(conn, batch_id, county_code)
    columns = ("id", "loan_id", "household_id", "village_code", "amount")
    await conn.execute(_ADD_OFFSETS, batch_id, *([row[name] for row in taken] for name in columns))
