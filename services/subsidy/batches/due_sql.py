"""How much of interest payments is reimbursed, many at once; `spec.subsidy` writes the rule out.

`DUE` reads two relations and $1, the rules of the packs in use as JSON (`rule_rows`): `concerned(loan_id)`, and
`candidate`, all parts of these loans that count (`PART`) with `ruled_on`, the day whose rules hold for each. It yields
one row `due` for each candidate. All products are exact; each step divides once and rounds half up.
"""

from collections.abc import Iterable
from typing import Any, Final

from services.subsidy.batches.repeated_sql import REPEATED
from services.subsidy.batches.rules.due import FIGURES, WITHHELD, reimbursed_payers, stop_states
from services.subsidy.rates.in_force_sql import newest
from shared.policy.arrangements import LegacyRule
from shared.policy.in_force import ConfirmedPack

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"
# What is read of a part, a row `p` of `interest_payment`; a period has a day at least.
PART: Final = """p.repayment_id, p.installment_number, p.loan_id, p.loan_version, p.kind, p.paid_on, p.amount,
  p.payer, p.period_from, greatest(p.period_until, p.period_from + 1) AS period_until"""
PART_NAMES: Final = (
    "repayment_id, installment_number, loan_id, loan_version, kind, paid_on, amount, period_from, period_until"
)
# What stands in a row of `due` beside its part, loan, amount and reasons.
OF_DUE: Final = (
    *("part_version", "paid_on", "interest", *WITHHELD, "days", "eligible_days", "cap_rate", "cap_missing"),
    *("disbursed_on", "cap_basis", "bars_listed", *FIGURES),
)


def rule_rows(packs: Iterable[ConfirmedPack], since: str = FIRST_DAY, until: str = LAST_DAY) -> list[dict[str, Any]]:
    """Return the subsidy rule of each pack version and product, once for each region where it holds, for `DUE`.

    It is the rule for what is decided from the day `since` and before `until` (ISO dates).
    """
    held = [(each, region) for kept in packs for each in kept.each_product() for region in kept.pack.header.regions]
    period = {"held_from": since, "held_until": until}
    return [
        {"rule": f"{since}/{number}", "region": region, **period, **_rule_row(each)}
        for number, (each, region) in enumerate(held)
    ]


def _rule_row(kept: ConfirmedPack) -> dict[str, Any]:
    rule, cap = kept.pack.subsidy_rule(), kept.pack.subsidy_rule().rate_cap
    later = sorted(rule.later_shares, key=lambda share: share.from_on)
    begins = [FIRST_DAY, *(share.from_on.isoformat() for share in later)]
    shares = [rule.share, *(share.share for share in later)]
    return {
        "pack_version": kept.pack_version,
        "product_code": kept.product_code,
        "principal_max": str(rule.principal_max),
        "months_max": rule.months_max or (12 * rule.years_max if rule.years_max else None),
        "fixed_rate": str(rule.fixed_rate) if rule.fixed_rate is not None else None,
        "once_a_year": bool(rule.once_a_year),
        "reimbursed_payers": sorted(str(payer) for payer in reimbursed_payers(rule)),
        "covers_prepaid": rule.covers_prepaid_interest,
        "lifted_may_start": rule.lifted_may_start,
        "stop_states": sorted(str(state) for state in stop_states(rule)),
        "shares": [
            {"from_on": begin, "until_on": end, "share": str(share)}
            for begin, end, share in zip(begins, [*begins[1:], LAST_DAY], shares, strict=True)
        ],
        "cap_basis": str(cap.basis) if cap else None,
        "cap_tenors": [{"up_to": tenor.up_to_months, "rate": str(tenor.column)} for tenor in cap.tenors] if cap else [],
        "bars_listed": kept.pack.list_rule().blacklist_bars_support,
        "legacy": [_legacy_row(place, legacy) for place, legacy in enumerate(kept.pack.legacy_loan_rules())],
    }


def _legacy_row(place: int, legacy: LegacyRule) -> dict[str, Any]:
    return {
        "place": place,
        "code": legacy.code,
        "above": str(legacy.amount_above) if legacy.amount_above is not None else None,
        "from_on": legacy.granted_from.isoformat() if legacy.granted_from else FIRST_DAY,
        "until_on": legacy.granted_until.isoformat(),
        "largest": str(legacy.amount_max),
        "share": str(legacy.subsidy_share) if legacy.subsidy_share is not None else None,
    }


def _half_up(numerator: str, denominator: str) -> str:
    """Return the SQL of numerator / denominator yuan, rounded half up to the fen; both exact and not negative."""
    return f"(div(200 * ({numerator}) + ({denominator}), 2 * ({denominator})) / 100)::numeric(18, 2)"


def _left(is_whole: str, kept: str, of: str) -> str:
    """Return the SQL of covered * kept / of; where nothing is taken off, without working it out."""
    return f"CASE WHEN {is_whole} THEN covered::numeric(18, 2) ELSE {_half_up(f'covered * {kept}', of)} END"


_RULES: Final = """
rule AS MATERIALIZED (
  SELECT *, CASE WHEN jsonb_array_length(shares) = 1 THEN (shares -> 0 ->> 'share')::numeric END AS only_share
  FROM jsonb_to_recordset($1::jsonb) AS r (
    rule text, region text, held_from date, held_until date, pack_version int, product_code text,
    principal_max numeric, months_max int, fixed_rate numeric, once_a_year boolean, covers_prepaid boolean,
    lifted_may_start boolean, reimbursed_payers text[],
    bars_listed boolean, stop_states text[], shares jsonb, cap_basis text, cap_tenors jsonb, legacy jsonb)
), legacy_rule AS MATERIALIZED (
  SELECT r.rule, g.* FROM rule r CROSS JOIN jsonb_to_recordset(r.legacy)
    AS g (place int, code text, above numeric, from_on date, until_on date, largest numeric, share numeric)
), share AS MATERIALIZED (
  SELECT r.rule, s.* FROM rule r
  CROSS JOIN jsonb_to_recordset(r.shares) AS s (from_on date, until_on date, share numeric)
), tenor AS MATERIALIZED (
  SELECT r.rule, t.* FROM rule r CROSS JOIN jsonb_to_recordset(r.cap_tenors) AS t (up_to int, rate text)
)"""

# One row for each loan and each rule that may hold for it. An earlier rule is that under which the loan came onto the
# books; where nobody said which, that of its amount and day.
_LOANS: Final = """
loan AS MATERIALIZED (
  SELECT a.loan_id, a.household_id, a.village_code, a.principal, a.annual_rate, a.term_months, a.disbursed_on,
    a.without_subsidy, r.reimbursed_payers, r.rule, r.held_from, r.held_until, r.fixed_rate, r.once_a_year,
    r.covers_prepaid, r.bars_listed, r.cap_basis, r.only_share,
    (a.disbursed_on + make_interval(months => r.months_max))::date AS years_until,
    legacy.share AS legacy_share, least(a.principal, coalesce(legacy.largest, r.principal_max)) AS principal_kept
  FROM concerned
  JOIN subsidy_account a USING (loan_id)
  JOIN rule r ON r.pack_version = a.pack_version AND r.product_code = a.product_code AND a.village_code ^@ r.region
  LEFT JOIN LATERAL (
    SELECT g.largest, g.share FROM legacy_rule g
    WHERE g.rule = r.rule AND (g.code = a.legacy_rule OR a.legacy_rule IS NULL
      AND a.principal > g.above AND a.disbursed_on BETWEEN g.from_on AND g.until_on)
    ORDER BY g.place LIMIT 1) legacy ON true
)"""

# Of several marks for one day the last one holds. A stop that was over before the loan was lent does not touch it. Only
# households that were marked so once are looked at, with all of their marks.
_STANDINGS: Final = f"""
marked AS MATERIALIZED (
  SELECT DISTINCT h.household_id FROM loan l JOIN household_state h USING (household_id)
  WHERE h.state = 'lifted' OR h.state IN (SELECT unnest(stop_states) FROM rule)
), mark AS (
  SELECT m.*, lead(m.effective_from, 1, 'infinity') OVER (PARTITION BY household_id ORDER BY effective_from) AS ends_on
  FROM (
    SELECT DISTINCT ON (h.household_id, h.effective_from) h.household_id, h.effective_from, h.state
    FROM marked JOIN household_state h USING (household_id)
    ORDER BY h.household_id, h.effective_from, h.version DESC) m
), stand AS MATERIALIZED (
  SELECT l.loan_id, l.rule, min(m.effective_from) FILTER (WHERE m.state = ANY (r.stop_states)) AS stop_from,
    bool_or(m.state = 'lifted' AND m.effective_from <= l.disbursed_on AND NOT r.lifted_may_start) AS lifted_at_start
  FROM loan l JOIN rule r USING (rule) JOIN mark m ON m.household_id = l.household_id AND m.ends_on > l.disbursed_on
  GROUP BY 1, 2
), listed AS MATERIALIZED (
  SELECT b.household_id, range_agg(daterange(b.listed_on, b.cleared_on)) AS days
  FROM household_listing b
  WHERE b.list_name = 'blacklist' AND NOT b.overturned AND b.listed_on <= coalesce(b.cleared_on, b.listed_on)
    AND b.household_id IN (SELECT household_id FROM loan WHERE bars_listed)
  GROUP BY 1
), cap AS MATERIALIZED (
  SELECT l.*, c.rate
  FROM (SELECT DISTINCT rule, cap_basis, term_months, disbursed_on FROM loan WHERE cap_basis IS NOT NULL) l
  LEFT JOIN LATERAL (
    SELECT v.rate FROM reference_rate f
    CROSS JOIN LATERAL (
      SELECT CASE t.rate WHEN 'up_to_1y' THEN f.up_to_1y WHEN 'over_1y_to_5y' THEN f.over_1y_to_5y
        WHEN 'over_5y' THEN f.over_5y END AS rate
      FROM tenor t WHERE t.rule = l.rule AND t.up_to >= l.term_months ORDER BY t.up_to LIMIT 1) v
    WHERE f.basis = l.cap_basis AND f.effective_from <= l.disbursed_on AND v.rate IS NOT NULL AND {newest("f")}
    ORDER BY f.effective_from DESC LIMIT 1) c ON true
)"""  # noqa: S608 - our own text

# A contract whose rate changed bears the rate of each day, and each day's rate is cut at the cap (DZ-1b). A year is
# served by the first batch that pays a household for interest of it.
_PARTS: Final = """
rate AS MATERIALIZED (
  SELECT a.loan_id, a.from_on, a.annual_rate,
    lead(a.from_on) OVER (PARTITION BY a.loan_id ORDER BY a.from_on) AS until_on
  FROM concerned JOIN account_rate a USING (loan_id) WHERE a.superseded_by IS NULL
), priced AS MATERIALIZED (
  SELECT p.repayment_id, p.installment_number, sum((d.until_on - d.since_on) * r.annual_rate) AS borne,
    sum((d.until_on - d.since_on) * least(c.rate, l.fixed_rate, r.annual_rate)) AS kept
  FROM rate r
  JOIN candidate p ON p.loan_id = r.loan_id
  JOIN loan l ON l.loan_id = p.loan_id AND p.ruled_on >= l.held_from AND p.ruled_on < l.held_until
  LEFT JOIN cap c ON c.rule = l.rule AND c.term_months = l.term_months AND c.disbursed_on = l.disbursed_on
  CROSS JOIN LATERAL (
    SELECT greatest(r.from_on, p.period_from) AS since_on, least(r.until_on, p.period_until) AS until_on) d
  WHERE d.since_on < d.until_on AND (SELECT count(*) FROM rate) > 0 GROUP BY 1, 2
), part AS (
  SELECT p.repayment_id, p.installment_number, p.loan_version AS part_version, p.paid_on, p.amount AS interest,
    p.period_from, p.period_until, p.period_until - p.period_from AS days, coalesce(n.counted, p.amount) AS counted,
    l.loan_id, l.household_id, l.village_code, l.principal, l.disbursed_on, l.rule, l.bars_listed, l.cap_basis,
    l.only_share, l.legacy_share, l.principal_kept, c.rate AS cap_rate,
    l.cap_basis IS NOT NULL AND c.rate IS NULL AS cap_missing,
    coalesce(e.borne, l.annual_rate * (p.period_until - p.period_from)) AS borne,
    coalesce(e.kept, least(c.rate, l.fixed_rate, l.annual_rate) * (p.period_until - p.period_from)) AS kept,
    least(p.period_until, s.stop_from) AS stopped_on, least(p.period_until, s.stop_from, l.years_until) AS last_on,
    b.days AS listed_days,
    CASE WHEN n.counted = 0 THEN 'days_repeated'
      WHEN p.payer <> ALL (l.reimbursed_payers) THEN 'paid_by_others'
      WHEN l.without_subsidy THEN 'without_subsidy'
      WHEN l.once_a_year AND EXISTS (
        SELECT 1 FROM subsidy_line e JOIN interest_payment i USING (repayment_id, installment_number)
        WHERE e.household_id = l.household_id AND e.live AND e.amount > 0 AND i.superseded_by IS NULL
          AND date_part('year', i.paid_on) = date_part('year', p.paid_on) AND NOT EXISTS (
            SELECT 1 FROM subsidy_line o WHERE o.repayment_id = p.repayment_id
              AND o.installment_number = p.installment_number AND o.live AND o.batch_id <= e.batch_id))
        THEN 'year_served'
      WHEN s.lifted_at_start THEN 'lifted_at_start'
      WHEN p.kind = 'prepayment' AND NOT l.covers_prepaid THEN 'prepaid' END AS why_not
  FROM candidate p
  JOIN loan l ON l.loan_id = p.loan_id AND p.ruled_on >= l.held_from AND p.ruled_on < l.held_until
  LEFT JOIN repeated n ON n.repayment_id = p.repayment_id AND n.installment_number = p.installment_number
  LEFT JOIN stand s ON s.loan_id = l.loan_id AND s.rule = l.rule
  LEFT JOIN listed b ON b.household_id = l.household_id AND l.bars_listed
  LEFT JOIN cap c ON c.rule = l.rule AND c.term_months = l.term_months AND c.disbursed_on = l.disbursed_on
  LEFT JOIN priced e ON e.repayment_id = p.repayment_id AND e.installment_number = p.installment_number
  OFFSET 0
)"""

# Days on the blacklist are taken out of the days that are left (LG-22); overlapping entries count once. OFFSET keeps
# what is worked out from being worked out twice.
_COUNTED: Final = """
counted AS (
  SELECT p.*, greatest(p.stopped_on - p.period_from, 0) AS before_stop,
    greatest(p.last_on - p.period_from, 0) AS before_listing, l.days AS subsidised_days,
    CASE WHEN p.listed_days IS NULL THEN greatest(p.last_on - p.period_from, 0)
      ELSE (SELECT coalesce(sum(upper(r) - lower(r)), 0)::int FROM unnest(l.days) AS r) END AS eligible_days
  FROM part p
  CROSS JOIN LATERAL (
    SELECT datemultirange(daterange(p.period_from, greatest(p.last_on, p.period_from)))
      - coalesce(p.listed_days, '{}') AS days OFFSET 0) l
  OFFSET 0
), weighed AS (
  SELECT c.*, CASE WHEN c.why_not IS NULL THEN c.counted ELSE 0.00 END AS covered,
    CASE WHEN c.borne = 0 THEN 1 ELSE c.borne END AS rate_borne,
    CASE WHEN c.borne = 0 THEN 1 ELSE c.kept END AS rate_kept,
    CASE WHEN c.legacy_share IS NOT NULL THEN c.eligible_days * c.legacy_share
      WHEN c.only_share IS NOT NULL THEN c.eligible_days * c.only_share
      ELSE (
        SELECT coalesce(sum(greatest(least(upper(r), s.until_on) - greatest(lower(r), s.from_on), 0) * s.share), 0)
        FROM share s CROSS JOIN unnest(c.subsidised_days) AS r WHERE s.rule = c.rule) END AS share_days
  FROM counted c OFFSET 0
)"""

# What is left of the interest after each step; a line keeps what they are worked out from, and so its derivation.
_WHOLE_PRINCIPAL: Final = "principal_kept = principal"
_WHOLE_RATE: Final = f"{_WHOLE_PRINCIPAL} AND rate_kept = rate_borne"
LEFT: Final = f"""
{_left("before_stop = days", "before_stop", "days")} AS after_stop,
{_left("before_listing = days", "before_listing", "days")} AS after_years,
{_left("eligible_days = days", "eligible_days", "days")} AS after_listing,
{_left(f"eligible_days = days AND {_WHOLE_PRINCIPAL}", "eligible_days * principal_kept", "days * principal")}
  AS after_principal,
{
    _left(
        f"eligible_days = days AND {_WHOLE_RATE}",
        "eligible_days * principal_kept * rate_kept",
        "days * principal * rate_borne",
    )
} AS after_cap,
{
    _left(
        f"share_days = days AND {_WHOLE_RATE}",
        "share_days * principal_kept * rate_kept",
        "days * principal * rate_borne",
    )
} AS due"""
_LEFT: Final = f"""
remaining AS (
  SELECT w.*, {LEFT} FROM weighed w OFFSET 0
), due AS (
  SELECT repayment_id, installment_number, part_version, paid_on, loan_id, household_id, village_code, interest,
    interest - covered AS not_covered, covered - after_stop AS stopped, after_stop - after_years AS beyond_years,
    after_years - after_listing AS listed, after_listing - after_principal AS above_principal,
    after_principal - after_cap AS above_cap, after_cap - due AS beyond_share, due AS amount, days,
    CASE WHEN why_not IS NULL THEN eligible_days ELSE 0 END AS eligible_days, cap_rate, cap_missing,
    disbursed_on, cap_basis, bars_listed, {", ".join(FIGURES)},
    CASE WHEN why_not IS NOT NULL THEN ARRAY[why_not] WHEN due = interest THEN ARRAY['full'] ELSE array_remove(ARRAY[
      CASE WHEN interest > covered THEN 'days_repeated' END,
      CASE WHEN covered > after_stop THEN 'stopped' END,
      CASE WHEN after_stop > after_years THEN 'beyond_years' END,
      CASE WHEN after_years > after_listing THEN 'listed' END,
      CASE WHEN after_listing > after_principal THEN 'above_principal' END,
      CASE WHEN after_principal > after_cap THEN 'above_cap' END,
      CASE WHEN after_cap > due THEN 'beyond_share' END], NULL) END AS reasons
  FROM remaining
)"""  # noqa: S608 - our own expressions

DUE: Final = ",".join((_RULES, REPEATED, _LOANS, _STANDINGS, _PARTS, _COUNTED, _LEFT))
