"""How much of interest payments is reimbursed, many at once; `spec.subsidy` writes the rule out.

`DUE` reads the relation `candidate(repayment_id, installment_number, ruled_on)`, parts that count and the day whose
rules hold for each, and $1, the rules of the packs in use as JSON (`rule_rows`); it yields one row `due` for each
candidate. All products are exact; each step divides once and rounds half up.
"""

from collections.abc import Iterable
from typing import Any, Final

from services.subsidy.batches.repeated_sql import REPEATED
from services.subsidy.batches.rules.due import FIGURES, stop_states
from services.subsidy.rates.in_force_sql import newest
from shared.policy.arrangements import LegacyRule
from shared.policy.in_force import ConfirmedPack

FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


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


_RULES: Final = """
rule AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (
    rule text, region text, held_from date, held_until date, pack_version int, product_code text,
    principal_max numeric, months_max int, fixed_rate numeric, once_a_year boolean, covers_prepaid boolean,
    lifted_may_start boolean,
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

# An earlier rule is that under which the loan came onto the books; where nobody said which, that of its amount and day.
# A year is served by the first batch that pays a household for interest of it.
_PARTS: Final = """
measured AS MATERIALIZED (
  SELECT c.*, n.counted FROM candidate c LEFT JOIN repeated n USING (repayment_id, installment_number)
), part AS MATERIALIZED (
  SELECT p.repayment_id, p.installment_number, p.paid_on, p.amount AS interest, p.period_from,
    greatest(p.period_until, p.period_from + 1) AS period_until, p.kind = 'prepayment' AS prepaid,
    a.loan_id, a.household_id, a.village_code, a.principal, a.annual_rate, a.term_months, a.disbursed_on,
    p.loan_version AS part_version, coalesce(c.counted, p.amount) AS counted,
    a.without_subsidy, r.once_a_year AND EXISTS (
      SELECT 1 FROM subsidy_line e JOIN interest_payment i USING (repayment_id, installment_number)
      WHERE e.household_id = a.household_id AND e.live AND e.amount > 0 AND i.superseded_by IS NULL
        AND date_part('year', i.paid_on) = date_part('year', p.paid_on) AND NOT EXISTS (
          SELECT 1 FROM subsidy_line o WHERE o.repayment_id = p.repayment_id
            AND o.installment_number = p.installment_number AND o.live AND o.batch_id <= e.batch_id)) AS year_served,
    r.rule, r.months_max, r.fixed_rate, r.covers_prepaid, r.lifted_may_start, r.bars_listed, r.stop_states, r.cap_basis,
    legacy.share AS legacy_share, least(a.principal, coalesce(legacy.largest, r.principal_max)) AS principal_kept
  FROM measured c
  JOIN interest_payment p ON (p.repayment_id, p.installment_number) = (c.repayment_id, c.installment_number)
    AND p.superseded_by IS NULL
  JOIN subsidy_account a ON a.loan_id = p.loan_id
  JOIN rule r ON r.pack_version = a.pack_version AND r.product_code = a.product_code AND a.village_code ^@ r.region
    AND c.ruled_on >= r.held_from AND c.ruled_on < r.held_until
  LEFT JOIN LATERAL (
    SELECT g.largest, g.share FROM legacy_rule g
    WHERE g.rule = r.rule AND (g.code = a.legacy_rule OR a.legacy_rule IS NULL
      AND a.principal > g.above AND a.disbursed_on BETWEEN g.from_on AND g.until_on)
    ORDER BY g.place LIMIT 1) legacy ON true
)"""

# Of several marks for one day the last one holds. A stop that was over before the loan was lent does not touch it.
# Days on the blacklist are taken out of the days that are left (LG-22); overlapping entries count once.
# A contract whose rate changed bears the rate of each day, and each day's rate is cut at the cap (DZ-1b).
# Looked up row by row through the keys: a plan that does not depend on how well these tables are measured. OFFSET keeps
# the days from being worked out twice.
_COUNTED: Final = f"""
counted AS MATERIALIZED (
  SELECT p.*, c.rate AS cap_rate, p.cap_basis IS NOT NULL AND c.rate IS NULL AS cap_missing,
    coalesce(e.borne, p.annual_rate * (p.period_until - p.period_from)) AS borne,
    coalesce(e.kept, least(c.rate, p.fixed_rate, p.annual_rate) * (p.period_until - p.period_from)) AS kept,
    CASE WHEN p.counted = 0 THEN 'days_repeated'
      WHEN p.without_subsidy THEN 'without_subsidy'
      WHEN p.year_served THEN 'year_served'
      WHEN s.lifted_at_start AND NOT p.lifted_may_start THEN 'lifted_at_start'
      WHEN p.prepaid AND NOT p.covers_prepaid THEN 'prepaid' END AS why_not,
    p.period_until - p.period_from AS days, greatest(d.stopped_on - p.period_from, 0) AS before_stop,
    greatest(d.last_on - p.period_from, 0) AS before_listing, f.eligible_days, f.subsidised_days
  FROM part p
  CROSS JOIN LATERAL (
    SELECT min(l.effective_from) FILTER (WHERE l.state = ANY (p.stop_states)) AS stop_from,
      bool_or(l.state = 'lifted' AND l.effective_from <= p.disbursed_on) AS lifted_at_start
    FROM (
      SELECT m.*, lead(m.effective_from, 1, 'infinity') OVER (ORDER BY m.effective_from) AS ends_on
      FROM (
        SELECT DISTINCT ON (h.effective_from) h.effective_from, h.state FROM household_state h
        WHERE h.household_id = p.household_id ORDER BY h.effective_from, h.version DESC) m) l
    WHERE l.ends_on > p.disbursed_on) s
  LEFT JOIN LATERAL (
    SELECT v.rate FROM reference_rate f
    CROSS JOIN LATERAL (
      SELECT CASE t.rate WHEN 'up_to_1y' THEN f.up_to_1y WHEN 'over_1y_to_5y' THEN f.over_1y_to_5y
        WHEN 'over_5y' THEN f.over_5y END AS rate
      FROM tenor t WHERE t.rule = p.rule AND t.up_to >= p.term_months ORDER BY t.up_to LIMIT 1) v
    WHERE f.basis = p.cap_basis AND f.effective_from <= p.disbursed_on AND v.rate IS NOT NULL AND {newest("f")}
    ORDER BY f.effective_from DESC LIMIT 1) c ON true
  CROSS JOIN LATERAL (
    SELECT sum((v.until_on - v.since_on) * v.annual_rate) AS borne,
      sum((v.until_on - v.since_on) * least(c.rate, p.fixed_rate, v.annual_rate)) AS kept
    FROM (
      SELECT greatest(r.from_on, p.period_from) AS since_on, r.annual_rate,
        least(lead(r.from_on) OVER (ORDER BY r.from_on), p.period_until) AS until_on
      FROM account_rate r WHERE r.loan_id = p.loan_id AND r.superseded_by IS NULL) v
    WHERE v.since_on < v.until_on) e
  CROSS JOIN LATERAL (
    SELECT least(p.period_until, s.stop_from) AS stopped_on,
      least(p.period_until, s.stop_from, (p.disbursed_on + make_interval(months => p.months_max))::date) AS last_on) d
  CROSS JOIN LATERAL (
    SELECT datemultirange(daterange(p.period_from, greatest(d.last_on, p.period_from))) - coalesce((
      SELECT range_agg(daterange(b.listed_on, b.cleared_on)) FROM household_listing b
      WHERE p.bars_listed AND b.household_id = p.household_id AND b.list_name = 'blacklist' AND NOT b.overturned
        AND b.listed_on <= coalesce(b.cleared_on, b.listed_on)
    ), '{{}}') AS days OFFSET 0) l
  CROSS JOIN LATERAL (
    SELECT l.days AS subsidised_days, coalesce(sum(upper(r) - lower(r)), 0)::int AS eligible_days
    FROM unnest(l.days) AS r) f
), weighed AS MATERIALIZED (
  SELECT c.*, CASE WHEN c.why_not IS NULL THEN c.counted ELSE 0.00 END AS covered,
    CASE WHEN c.borne = 0 THEN 1 ELSE c.borne END AS rate_borne,
    CASE WHEN c.borne = 0 THEN 1 ELSE c.kept END AS rate_kept,
    CASE WHEN c.legacy_share IS NULL THEN w.days ELSE c.eligible_days * c.legacy_share END AS share_days
  FROM counted c
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(greatest(least(upper(r), s.until_on) - greatest(lower(r), s.from_on), 0) * s.share), 0)
      AS days
    FROM share s CROSS JOIN unnest(c.subsidised_days) AS r WHERE s.rule = c.rule) w
)"""  # noqa: S608 - our own text

# What is left of the interest after each step; a line keeps what they are worked out from, and so its derivation.
LEFT: Final = f"""
{_half_up("covered * before_stop", "days")} AS after_stop,
{_half_up("covered * before_listing", "days")} AS after_years,
{_half_up("covered * eligible_days", "days")} AS after_listing,
{_half_up("covered * eligible_days * principal_kept", "days * principal")} AS after_principal,
{_half_up("covered * eligible_days * principal_kept * rate_kept", "days * principal * rate_borne")} AS after_cap,
{_half_up("covered * share_days * principal_kept * rate_kept", "days * principal * rate_borne")} AS due"""
_LEFT: Final = f"""
remaining AS MATERIALIZED (
  SELECT w.*, {LEFT} FROM weighed w
), due AS MATERIALIZED (
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

DUE: Final = ",".join((_RULES, REPEATED, _PARTS, _COUNTED, _LEFT))
