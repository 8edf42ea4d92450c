"""The facts of all asked households in one statement, each under the name of its field (`fact_rows`).

`FACTS` reads a relation `asked` (place, household_id, as_of and the columns of a loan request).
"""

from typing import Any, Final

from services.registry.register.households.members_sql import members_on
from services.registry.standing.eligibility.fact_rows import REQUEST_COLUMNS, columns_of
from shared.policy.household_facts import EntityFacts, RatingFacts

_REQUEST: Final = ", ".join(f"a.{column}" for column in REQUEST_COLUMNS)
# A borrower who is not named is the head: the living one, or the last one when nobody has taken the place.
_BORROWER = """
LEFT JOIN LATERAL (
  SELECT m.born_on, m.is_head, m.left_on, m.left_reason, m.civil_capacity, m.labour FROM member m
  WHERE m.household_id = h.id
    AND CASE WHEN a.borrower_member_id IS NULL THEN m.is_head ELSE m.id = a.borrower_member_id END
  ORDER BY coalesce(m.left_on > a.as_of, true) DESC, m.left_on DESC NULLS FIRST, m.joined_on DESC LIMIT 1
) b ON true
"""
_LOANS = """
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS open_loans, coalesce(sum(x.owed), 0.00) AS owed,
         coalesce(array_agg(DISTINCT x.industry) FILTER (WHERE x.industry <> 'not_stated'), '{}') AS industries,
         coalesce(jsonb_agg(jsonb_build_object('principal', x.principal::text, 'granted_on', x.granted_on,
           'owed', x.owed::text) ORDER BY x.granted_on, x.loan_id), '[]') AS loans
  FROM (
    SELECT k.loan_id, coalesce(k.principal, 0.00) AS principal, coalesce(k.disbursed_on, a.as_of) AS granted_on,
           k.industry,
           greatest(coalesce(k.principal, 0.00) - coalesce((
             SELECT sum(y.principal) FROM household_repayment y WHERE y.loan_id = k.loan_id AND y.paid_on <= a.as_of
           ), 0.00), 0.00) AS owed
    FROM household_loan k WHERE k.household_id = h.id AND (k.closed_on IS NULL OR k.closed_on > a.as_of)
  ) x
) o
"""


def entity_facts_on(day: str, counted: str, chosen: str) -> str:
    """Return what is known of entity `e` on a day, as a select of the fields of `EntityFacts`.

    `counted` says which of its agreements `n` take a share of its capacity; `chosen` whether the household chose it. A
    party has determined an entity when nobody of it said no last (SX-10).
    """
    return f"""
SELECT e.registered_on <= {day} AND coalesce(e.ended_on > {day}, true) AS active,
       ARRAY(SELECT c.condition FROM (
               SELECT DISTINCT ON (condition) condition, met, valid_until FROM entity_condition
               WHERE entity_id = e.id AND valid_from <= {day} ORDER BY condition, valid_from DESC, id DESC
             ) c WHERE c.met AND coalesce(c.valid_until > {day}, true) ORDER BY 1) AS conditions_met,
       ARRAY(SELECT DISTINCT list_name FROM listing l WHERE l.entity_id = e.id AND l.listed_on <= {day}
               AND coalesce(l.cleared_on > {day}, true) ORDER BY 1) AS lists,
       t.assessed_on, t.valid_until, t.households_max, t.amount_max, u.households, u.amount,
       ARRAY(SELECT d.party FROM (
               SELECT DISTINCT ON (party, organisation) party, agrees FROM entity_determination
               WHERE entity_id = e.id AND decided_on <= {day}
               ORDER BY party, organisation, decided_on DESC, id DESC
             ) d GROUP BY d.party HAVING bool_and(d.agrees) ORDER BY 1) AS determined_by,
       {chosen} AS chosen, e.id
FROM implementing_entity e
LEFT JOIN LATERAL (
  SELECT assessed_on, valid_until, households_max, amount_max FROM entity_assessment
  WHERE entity_id = e.id AND state = 'confirmed' AND decided_on <= {day} ORDER BY decided_on DESC, id DESC LIMIT 1
) t ON true
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS households, coalesce(sum(amount), 0.00) AS amount FROM entity_household n
  WHERE n.entity_id = e.id AND coalesce(n.valid_until > {day}, true) AND {counted}
) u
"""  # noqa: S608 - our own texts


_CHOSEN: Final = """
       EXISTS (SELECT FROM entity_household n WHERE n.entity_id = e.id AND n.household_id = h.id
                 AND n.choice IS NOT NULL AND n.valid_from <= a.as_of AND coalesce(n.valid_until > a.as_of, true))"""
# An indirect request that names no entity is for the one with which the household has an agreement. The household's own
# place and money are not counted against it.
_ENTITY = f"""
LEFT JOIN LATERAL (
  {entity_facts_on("a.as_of", "n.household_id <> h.id AND n.valid_from <= a.as_of", _CHOSEN)}
  WHERE a.mode IN ('indirect', 'equity') AND e.county_code = h.county_code AND e.registered_on <= a.as_of
    AND e.id = coalesce(a.entity_id, (
      SELECT n.entity_id FROM entity_household n WHERE n.household_id = h.id AND n.mode = a.mode
        AND n.valid_from <= a.as_of AND coalesce(n.valid_until > a.as_of, true) ORDER BY n.valid_from DESC,
          n.id DESC LIMIT 1))
) e ON true
"""  # noqa: S608 - our own texts


# Income is that of the latest survey that asked for it, over the members of the day that is asked about; the village's
# latest testimony counts.
_TESTIMONY = f"""
LEFT JOIN LATERAL (
  SELECT round((v.answers ->> 'income_annual')::numeric / {members_on("a.as_of")}, 2) AS income_per_head
  FROM credit_survey v
  WHERE v.household_id = h.id AND v.collected_on <= a.as_of AND v.answers ? 'income_annual'
  ORDER BY v.collected_on DESC LIMIT 1
) i ON true
LEFT JOIN LATERAL (
  SELECT good_name AND no_bad_habits AND family_harmony AS good_repute,
         willing_to_repay AND able_to_repay AS willing_and_able
  FROM household_testimony t WHERE t.household_id = h.id AND t.valid_from <= a.as_of
    AND coalesce(t.valid_until > a.as_of, true) ORDER BY t.valid_from DESC, t.id DESC LIMIT 1
) w ON true
"""  # noqa: S608 - our own texts


def _latest_rating(name: str, whose: str) -> str:
    """Return the join of the latest rating, or of the next one to come; one that was taken away is none."""
    return f"""
LEFT JOIN LATERAL (
  SELECT t.grade, t.credit_limit, CASE WHEN t.grade IS NOT NULL THEN t.valid_from END AS valid_from,
         CASE WHEN t.grade IS NOT NULL THEN t.valid_until END AS valid_until
  FROM rating t WHERE t.household_id = h.id AND {whose} AND (t.valid_from <= a.as_of OR t.grade IS NOT NULL)
  ORDER BY t.valid_from > a.as_of, abs(t.valid_from - a.as_of), t.id DESC LIMIT 1
) {name} ON true
"""  # noqa: S608 - our own texts


def _part(alias: str, name: str, kind: type[Any]) -> str:
    return ", ".join(f"{alias}.{column} AS {name}_{column}" for column in columns_of(kind))


FACTS: Final = f"""
SELECT a.place, h.id AS household_id, h.number, h.version, h.county_code, a.as_of,
       h.village_code, h.residence_code, h.ended_on, h.end_reason, s.state,
       CASE WHEN b.born_on IS NULL THEN 'unknown' WHEN coalesce(b.left_on > a.as_of, true) THEN 'active'
            WHEN b.left_reason = 'death' THEN 'died' ELSE 'left' END AS borrower,
       b.born_on, coalesce(b.civil_capacity, CASE WHEN b.is_head THEN h.civil_capacity END) AS civil_capacity,
       coalesce(b.labour <> 'unable', CASE WHEN b.is_head THEN h.able_to_work END, true) AS able_to_work,
       ARRAY(SELECT DISTINCT kind FROM household_exclusion x WHERE x.household_id = h.id AND x.valid_from <= a.as_of
               AND coalesce(x.valid_until > a.as_of, true) ORDER BY kind) AS exclusions,
       h.credit_record,
       EXISTS (SELECT FROM household_loan k WHERE k.household_id = h.id AND k.malicious AND k.defaulted_on <= a.as_of
                 AND NOT EXISTS (SELECT FROM listing l WHERE l.loan_id = k.loan_id AND l.list_name = 'blacklist'
                                   AND l.clear_cause = 'appeal_accepted')) AS malicious,
       c.bank_code IS NOT NULL AS has_account, c.bank_code AS account_bank,
       ARRAY(SELECT DISTINCT bank_code FROM family_debt d WHERE d.household_id = h.id AND d.valid_from <= a.as_of
               AND coalesce(d.valid_until > a.as_of, true) ORDER BY bank_code) AS family_debt_banks,
       ARRAY(SELECT DISTINCT list_name FROM listing l WHERE l.household_id = h.id AND l.listed_on <= a.as_of
               AND coalesce(l.cleared_on > a.as_of, true) ORDER BY list_name) AS lists,
       {_part("r", "rating", RatingFacts)}, {_part("v", "bank_rating", RatingFacts)},
       o.open_loans, o.owed, o.industries, o.loans,
       e.id AS found_entity_id, {_part("e", "entity", EntityFacts)},
       i.income_per_head, w.good_repute, w.willing_and_able,
       {_REQUEST}
FROM asked a
JOIN household h ON h.id = a.household_id
LEFT JOIN bank_account c ON c.household_id = h.id AND c.valid
{_BORROWER}
LEFT JOIN LATERAL (
  SELECT state FROM household_state_change g WHERE g.household_id = h.id AND g.effective_from <= a.as_of
  ORDER BY g.effective_from DESC, g.id DESC LIMIT 1
) s ON true
{_latest_rating("r", "t.bank_code IS NULL")}
{_latest_rating("v", "t.bank_code = coalesce(a.bank_code, c.bank_code)")}
{_LOANS}
{_ENTITY}
{_TESTIMONY}
"""  # noqa: S608 - our own texts
