"""Applications and bank files: the path to disbursement, who signed it, and whether files add up (A1, A2, A3)."""

from collections.abc import Iterator
from decimal import Decimal

from tools.reconcile.checks import check
from tools.reconcile.findings import Findings
from tools.reconcile.packs import Pack
from tools.reconcile.world import World

ORDER = ("village", "township", "county_centre", "joint_review")
NEVER_ABOVE = Decimal("-1")

_SIGNED = """
SELECT a.id::text || ' ' || s.stage || '/' || s.office, 'approved by its office before the approval', true,
  d.decision = 'approve' AND d.decided_on <= a.approved_on
FROM application a
JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::numeric[])
  AS s (pack_id, product_code, stage, office, above)
  ON s.pack_id = a.pack_id AND s.product_code = a.product_code AND a.amount > s.above
LEFT JOIN decision d ON d.application_id = a.id AND d.stage = s.stage AND d.office = s.office
WHERE a.approved_on IS NOT NULL
"""
_PERSONS = """
SELECT d.application_id::text || ' ' || d.stage, v.what, v.expected, v.found
FROM (
  SELECT d.application_id, d.stage, count(*) AS signatures, count(DISTINCT d.officer) AS persons,
    count(*) FILTER (WHERE d.officer = a.filed_by) AS by_the_maker
  FROM decision d JOIN application a ON a.id = d.application_id GROUP BY 1, 2
) d
CROSS JOIN LATERAL (VALUES
  ('different persons who signed', d.signatures, d.persons), ('signatures of the maker', 0::bigint, d.by_the_maker)
) AS v (what, expected, found)
"""


# An unmet condition for which the pack asks another office: that office agreed before the approval.
_AGREED = """
SELECT a.id::text || ' ' || s.code || '/' || s.office, 'agreed by the office asked before the approval', true,
  d.decision = 'approve' AND d.decided_on <= a.approved_on
FROM application a
JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS s (pack_id, product_code, code, office)
  ON s.pack_id = a.pack_id AND s.product_code = a.product_code
  AND a.conditions @> jsonb_build_array(jsonb_build_object('code', s.code, 'consequence', 'with_approval'))
LEFT JOIN decision d ON d.application_id = a.id AND d.stage = 'condition_approval' AND d.office = s.office
WHERE a.approved_on IS NOT NULL
"""


@check("A1", "审批签字", "Approved only with every office's signature, each by another person, none by the maker")
async def signatures(world: World, found: Findings) -> None:
    """Compare each approval with the offices its pack names."""
    packs = [each for pack in world.packs.by_id.values() for each in pack.each_product()]
    steps = [step for pack in packs for step in _steps(pack)]
    columns = list(zip(*steps, strict=True)) or [(), (), (), (), ()]
    await found.sql(world["lending"], _SIGNED, *(list(column) for column in columns))
    await found.sql(world["lending"], _PERSONS)
    asked = [row for pack in packs for row in _asked(pack)]
    agreed = list(zip(*asked, strict=True)) or [(), (), (), ()]
    await found.sql(world["lending"], _AGREED, *(list(column) for column in agreed))


def _steps(pack: Pack) -> Iterator[tuple[str, str, str, str, Decimal]]:
    """Yield the pack's offices with the amount that an earlier step may decide alone."""
    above = NEVER_ABOVE
    for step in pack("approval.steps", ()):
        if step["level"] in ORDER:
            for office in step["signers"]:
                yield pack.pack_id, pack.product_code, step["level"], office, above
        if step.get("amount_max") is not None:
            above = max(above, Decimal(str(step["amount_max"])))


def _asked(pack: Pack) -> Iterator[tuple[str, str, str, str]]:
    """Yield each condition for which the pack asks an office, with that office."""
    for row in pack("eligibility.consequences", ()):
        if row["consequence"] == "with_approval":
            yield pack.pack_id, pack.product_code, row["condition"], row["office"]


_HISTORY = """
SELECT a.id::text, v.what, v.expected, v.found
FROM application a
LEFT JOIN loan l ON l.application_id = a.id AND l.cancelled_on IS NULL
LEFT JOIN withdrawal w ON w.application_id = a.id
LEFT JOIN (SELECT aggregate_id, count(*)::int AS count FROM outbox WHERE aggregate_type = 'application' GROUP BY 1) e
  ON e.aggregate_id = a.id
LEFT JOIN (
  SELECT application_id, min(decided_on) AS first_on, max(decided_on) AS last_on,
    count(*) FILTER (WHERE decision = 'refuse') AS refusals
  FROM decision GROUP BY 1
) d ON d.application_id = a.id
LEFT JOIN (
  SELECT o.application_id, count(*) FILTER (WHERE s.objection_id IS NULL) AS open,
    count(*) FILTER (WHERE s.outcome = 'upheld') AS upheld,
    bool_or(s.settled_by IN (o.raised_by, o.recorded_by) OR s.settled_on < o.raised_on) AS amiss
  FROM objection o LEFT JOIN settlement s ON s.objection_id = o.id GROUP BY 1
) o ON o.application_id = a.id
CROSS JOIN LATERAL (VALUES
  ('events published', a.version::text, coalesce(e.count, 0)::text),
  ('disbursed ⇔ there is a loan', (a.state = 'disbursed')::text, (l.id IS NOT NULL)::text),
  ('loan', a.loan_id::text, l.id::text),
  ('withdrawn ⇔ there is a withdrawal', (a.state = 'withdrawn')::text, (w.application_id IS NOT NULL)::text),
  ('reasons of a refusal', (a.state = 'refused')::text, (jsonb_array_length(a.reasons) > 0)::text),
  ('refused by a decision or an objection only when refused', 'true',
    (a.state = 'refused' OR (coalesce(d.refusals, 0) = 0 AND coalesce(o.upheld, 0) = 0))::text),
  ('steps in the order of their days', 'true', (
    coalesce(d.first_on, a.filed_on) >= a.filed_on
    AND coalesce(a.approved_on, d.last_on, a.filed_on) >= coalesce(d.last_on, a.filed_on)
    AND coalesce(a.handed_over_on, a.approved_on, a.filed_on) >= coalesce(a.approved_on, a.filed_on)
    AND coalesce(a.disbursed_on, a.handed_over_on, a.filed_on) >= coalesce(a.handed_over_on, a.filed_on))::text),
  ('objections settled by somebody else before going on', 'true',
    (NOT coalesce(o.amiss, false) AND (a.approved_on IS NULL OR coalesce(o.open, 0) = 0))::text)
) AS v (what, expected, found)
"""
_STAGES = """
SELECT later.application_id::text || ' ' || later.stage, 'decided after the stage before', true,
  later.first_on >= earlier.last_on
FROM (SELECT application_id, stage, array_position($1::text[], stage) AS place, min(decided_on) AS first_on
      FROM decision GROUP BY 1, 2) later
JOIN (SELECT application_id, array_position($1::text[], stage) AS place, max(decided_on) AS last_on
      FROM decision GROUP BY 1, 2) earlier
  ON earlier.application_id = later.application_id AND earlier.place = later.place - 1
"""
_PUBLIC_NOTICE = """
SELECT a.id::text || ' ' || p.level, 'made public at this level for the days of the pack', true, EXISTS (
  SELECT FROM public_notice n JOIN public_notice_closure c ON c.notice_id = n.id
  WHERE n.batch_id = a.batch_id AND n.level = p.level AND n.working_days >= p.days
    AND n.started_on >= a.filed_on AND c.closed_on >= n.ends_on AND c.closed_on <= a.approved_on
    AND n.ends_on - n.started_on >= p.days - 1)
FROM application a
JOIN unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::numeric[])
  AS p (pack_id, product_code, level, days, above)
  ON p.pack_id = a.pack_id AND p.product_code = a.product_code AND a.amount > p.above
WHERE a.approved_on IS NOT NULL
"""
_SAME_AS_LOAN = """
SELECT l.id::text, v.what, v.expected, v.found
FROM loan l LEFT JOIN application a ON a.id = l.application_id
CROSS JOIN LATERAL (VALUES
  ('amount', a.amount::text, l.principal::text), ('household', a.household_id::text, l.household_id::text),
  ('village', a.village_code, l.village_code), ('bank', a.bank_code, l.bank_code),
  ('term', a.term_months::text, l.term_months::text), ('industry', a.industry, l.industry),
  ('purpose', a.purpose, l.purpose), ('day of disbursement',
    CASE WHEN l.cancelled_on IS NULL THEN a.disbursed_on ELSE l.disbursed_on END::text, l.disbursed_on::text)
) AS v (what, expected, found)
"""
_BATCHES = """
SELECT b.id::text, 'applications of the batch', b.application_count::bigint, count(a.id)
FROM application_batch b LEFT JOIN application a ON a.batch_id = b.id GROUP BY b.id, b.application_count
"""


@check("A2", "申请流程", "Every application went its way in order: filed, public, decided, handed over, disbursed")
async def history(world: World, found: Findings) -> None:
    """Check states, dates, public notice, objections and the loan of every application."""
    lending = world["lending"]
    await found.sql(lending, _HISTORY)
    await found.sql(lending, _STAGES, list(ORDER))
    packs = [each for pack in world.packs.by_id.values() for each in pack.each_product()]
    levels = [level for pack in packs for level in _public_levels(pack)]
    columns = list(zip(*levels, strict=True)) or [(), (), (), (), ()]
    await found.sql(lending, _PUBLIC_NOTICE, *(list(column) for column in columns))
    await found.sql(lending, _SAME_AS_LOAN)
    await found.sql(lending, _BATCHES)


_STAGE_OF_LEVEL = {"village": "village", "township": "township", "county": "county_centre"}


def _public_levels(pack: Pack) -> Iterator[tuple[str, str, str, int, Decimal]]:
    above = {stage: limit for _, _, stage, _, limit in _steps(pack)}
    own = {each["level"]: each["working_days"] for each in pack("public_notice.working_days_of_levels", None) or ()}
    for level in pack("public_notice.levels", ()):
        if level in _STAGE_OF_LEVEL and _STAGE_OF_LEVEL[level] in above:
            days = int(own.get(level, pack("public_notice.working_days_per_level", 0)))
            yield pack.pack_id, pack.product_code, level, days, above[_STAGE_OF_LEVEL[level]]


_DISBURSEMENT_FILES = """
SELECT f.id::text, v.what, v.expected, v.found
FROM disbursement_file f
LEFT JOIN (SELECT file_id, count(*) AS loans, sum(amount) AS amount, count(*) FILTER (WHERE late) AS late
           FROM disbursement GROUP BY 1) d ON d.file_id = f.id
LEFT JOIN (SELECT file_id, count(*) AS count FROM disbursement_rejection GROUP BY 1) r ON r.file_id = f.id
CROSS JOIN LATERAL (VALUES
  ('lines', f.lines::numeric, (f.loans + f.rejected)::numeric),
  ('loans', coalesce(d.loans, 0)::numeric, f.loans::numeric),
  ('amount', coalesce(d.amount, 0), f.amount),
  ('late', coalesce(d.late, 0)::numeric, f.late::numeric),
  ('rejected', coalesce(r.count, 0)::numeric, f.rejected::numeric),
  ('total of the bank', CASE WHEN f.rejected = 0 THEN coalesce(d.amount, 0) ELSE f.total END, f.total)
) AS v (what, expected, found)
"""
# What the bank named and was booked before has no row of its own, so its total is compared when there is none of it.
# A file's sums are what its lines paid when it was recorded, as it was published then; a restatement by the line itself
# follows its event at once.
_REPAYMENT_FILES = """
WITH first_published AS MATERIALIZED (
  SELECT r.file_id, count(*) AS count, sum(r.amount) AS amount, sum((t.paid->>'penalty')::numeric) AS penalty,
    sum((t.paid->>'interest')::numeric) AS interest, sum((t.paid->>'principal')::numeric) AS principal,
    sum(coalesce((t.paid->>'held')::numeric, 0)) AS held
  FROM repayment r
  LEFT JOIN outbox e ON e.event_name = 'repayment-recorded' AND e.aggregate_id = r.loan_id
    AND e.aggregate_version = r.loan_version
  LEFT JOIN outbox a ON a.event_name = 'loan-restated' AND a.aggregate_id = r.loan_id
    AND a.aggregate_version = r.loan_version + 1 AND a.data->>'cause' = 'repayment'
  CROSS JOIN LATERAL (SELECT coalesce(
    (SELECT p FROM jsonb_array_elements(a.data->'repayments') AS p WHERE p->>'repayment_id' = r.id::text), e.data
  ) AS paid) t
  WHERE r.file_id IS NOT NULL GROUP BY 1
)
SELECT f.id::text, v.what, v.expected, v.found
FROM repayment_file f
LEFT JOIN first_published r ON r.file_id = f.id
LEFT JOIN (SELECT file_id, count(*) AS count,
             sum(CASE WHEN amount ~ '^[0-9]{1,12}([.][0-9]{1,2})?$' THEN amount::numeric END) AS amount
           FROM repayment_rejection GROUP BY 1) j ON j.file_id = f.id
CROSS JOIN LATERAL (VALUES
  ('lines', f.lines::numeric, (f.recorded + f.already_recorded + f.rejected)::numeric),
  ('recorded', coalesce(r.count, 0)::numeric, f.recorded::numeric),
  ('amount recorded', coalesce(r.amount, 0), f.amount_recorded),
  ('penalty', coalesce(r.penalty, 0), f.penalty),
  ('interest', coalesce(r.interest, 0), f.interest),
  ('principal', coalesce(r.principal, 0), f.principal),
  ('held', coalesce(r.held, 0), f.held),
  ('rejected', coalesce(j.count, 0)::numeric, f.rejected::numeric),
  ('total of the bank', CASE WHEN f.already_recorded = 0
    THEN coalesce(r.amount, 0) + coalesce(j.amount, 0) ELSE f.total END, f.total)
) AS v (what, expected, found)
"""


@check("A3", "银行文件", "Every bank file = lines booked + lines rejected, in number and in money")
async def files(world: World, found: Findings) -> None:
    """Compare bank files with the rows they became."""
    await found.sql(world["lending"], _DISBURSEMENT_FILES)
    await found.sql(world["lending"], _REPAYMENT_FILES)
