"""The whole rule set as one statement over a relation `facts`; equal to `rules.reasons` household by household.

`JUDGED` reads a relation `facts` (live ones of `facts_sql.FACTS`, or kept ones) and a relation `rules` (`RULES_GIVEN`),
and adds to each row of facts the codes of all reasons in their order. Every value of a county's rules is bound as one
JSON argument; the text is the same for every county.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.household import BARRED_RECORDS
from shared.policy.vocabulary import BadRecordRule

_RULE_COLUMNS: Final = """rules_key text, eligible_states text[], areas text[], age_min_years integer,
  age_max_years integer, age_plus_term_max_years integer, full_capacity_required boolean,
  able_to_work_required boolean, exclusions text[], barred_records text[], malicious_bars boolean,
  family_debt_excludes boolean, bank_account_required boolean, barred_by_lists boolean, rating_required boolean,
  amount_min numeric, amount_max numeric, household_cap numeric, open_loans_max integer, term_months_min integer,
  term_months_max integer, industries text[], industries_min integer, industries_max integer, forbidden text[],
  allowed text[], modes text[], enterprise_use_banned_after date, conditions text[], capacity_required boolean,
  rating_banks text[]"""


def rules_given(argument: int) -> str:
    """Return the relation `rules` read from the JSON argument of that number, one row for each pack."""
    return f"SELECT * FROM jsonb_to_recordset(${argument}::jsonb) AS r ({_RULE_COLUMNS})"  # noqa: S608 - our own columns


def rules_row(rules_key: str, rules: BorrowingRules) -> Mapping[str, Any]:
    """Return a pack's rules as one row of the relation `rules`; facts name it by its key."""
    who, loan, entities, purposes = rules.eligibility, rules.loan, rules.entities, rules.eligibility.purposes
    return {
        "rules_key": rules_key,
        "eligible_states": list(who.eligible_states),
        "areas": list(rules.areas),
        "age_min_years": who.age_min_years,
        "age_max_years": who.age_max_years,
        "age_plus_term_max_years": who.age_plus_term_max_years,
        "full_capacity_required": who.full_capacity_required,
        "able_to_work_required": who.able_to_work_required,
        "exclusions": [kind.code for kind in who.exclusions],
        "barred_records": list(BARRED_RECORDS[who.bad_record_rule]),
        "malicious_bars": who.bad_record_rule is not BadRecordRule.IGNORED,
        "family_debt_excludes": who.family_debt_excludes,
        "bank_account_required": who.bank_account_required,
        "barred_by_lists": who.barred_by_lists,
        "rating_required": who.rating_required,
        "amount_min": loan.amount_min,
        "amount_max": loan.amount_max,
        "household_cap": loan.household_cap,
        "open_loans_max": loan.open_loans_max,
        "term_months_min": loan.term_months_min,
        "term_months_max": loan.term_months_max,
        "industries": [each.code for each in purposes.industries],
        "industries_min": purposes.industries_per_borrower_min,
        "industries_max": purposes.industries_per_borrower_max,
        "forbidden": [each.code for each in purposes.forbidden],
        "allowed": [each.code for each in purposes.allowed],
        "modes": list(entities.modes),
        "enterprise_use_banned_after": entities.enterprise_use_banned_after,
        "conditions": [each.code for each in entities.conditions],
        "capacity_required": entities.capacity_required,
        "rating_banks": list(rules.rating_banks),
    }


JUDGED: Final = """
SELECT f.*, array_remove(ARRAY[
  CASE WHEN f.ended_on <= f.as_of THEN 'household-ended' END,
  CASE WHEN f.borrower IN ('left', 'unknown') THEN 'borrower-not-member' END,
  CASE WHEN f.borrower = 'died' THEN 'borrower-died' END,
  CASE WHEN NOT coalesce(f.state = ANY (r.eligible_states), false) THEN 'state-not-eligible' END,
  CASE WHEN NOT f.village_code ^@ ANY (r.areas) AND NOT coalesce(f.residence_code ^@ ANY (r.areas), false)
    THEN 'residence-outside-area' END,
  CASE WHEN d.age < r.age_min_years THEN 'age-below-minimum' END,
  CASE WHEN d.age > r.age_max_years THEN 'age-above-maximum' END,
  CASE WHEN d.age * 12 + f.term_months > r.age_plus_term_max_years * 12 THEN 'age-plus-term-above-maximum' END,
  CASE WHEN r.full_capacity_required AND f.civil_capacity <> 'full' THEN 'civil-capacity-not-full' END,
  CASE WHEN r.able_to_work_required AND NOT f.able_to_work THEN 'not-able-to-work' END,
  CASE WHEN f.exclusions && r.exclusions THEN 'excluded-kind' END,
  CASE WHEN f.credit_record = ANY (r.barred_records) THEN 'bad-credit-record' END,
  CASE WHEN f.malicious AND r.malicious_bars THEN 'malicious-default' END,
  CASE WHEN r.family_debt_excludes AND CASE WHEN d.lender IS NULL THEN cardinality(f.family_debt_banks) > 0
    ELSE d.lender = ANY (f.family_debt_banks) END THEN 'family-debt' END,
  CASE WHEN r.bank_account_required AND NOT f.has_account THEN 'bank-account-missing' END,
  CASE WHEN r.bank_account_required AND f.has_account AND f.account_bank <> f.bank_code
    THEN 'bank-account-elsewhere' END,
  CASE WHEN r.barred_by_lists AND cardinality(f.lists) > 0 THEN 'on-a-list' END,
  CASE WHEN r.rating_required AND t.grade IS NULL THEN 'not-rated' END,
  CASE WHEN r.rating_required AND t.valid_from > f.as_of THEN 'rating-not-yet-valid' END,
  CASE WHEN r.rating_required AND t.valid_until <= f.as_of THEN 'rating-expired' END,
  CASE WHEN f.amount < r.amount_min THEN 'amount-below-minimum' END,
  CASE WHEN f.amount > r.amount_max THEN 'amount-above-maximum' END,
  CASE WHEN t.valid_from <= f.as_of AND f.as_of < t.valid_until
    AND f.amount > t.credit_limit THEN 'amount-above-credit-limit' END,
  CASE WHEN f.owed + f.amount > r.household_cap THEN 'household-cap' END,
  CASE WHEN f.open_loans >= r.open_loans_max THEN 'loan-open' END,
  CASE WHEN f.term_months NOT BETWEEN r.term_months_min AND r.term_months_max THEN 'term-out-of-bounds' END,
  CASE WHEN NOT d.named <@ r.industries THEN 'industry-unknown' END,
  CASE WHEN f.industry IS NOT NULL AND i.count < r.industries_min THEN 'industries-too-few' END,
  CASE WHEN i.count > r.industries_max THEN 'industries-too-many' END,
  CASE WHEN f.purpose = ANY (r.forbidden) THEN 'purpose-forbidden' END,
  CASE WHEN f.purpose <> ALL (r.allowed || r.forbidden) THEN 'purpose-unknown' END,
  CASE WHEN f.mode <> ALL (r.modes) THEN 'mode-not-offered' END,
  CASE WHEN f.mode = 'enterprise_use' AND coalesce(f.granted_on, f.as_of) > r.enterprise_use_banned_after
    THEN 'enterprise-use-banned' END,
  CASE WHEN f.mode = 'indirect' AND NOT coalesce(f.entity_active, false) THEN 'entity-missing' END,
  CASE WHEN d.has_entity AND cardinality(f.entity_lists) > 0 THEN 'entity-listed' END,
  CASE WHEN d.has_entity AND NOT r.conditions <@ f.entity_conditions THEN 'entity-condition-missing' END,
  CASE WHEN d.has_entity AND r.capacity_required AND NOT coalesce(f.entity_households_max IS NOT NULL
    AND f.entity_assessed_on <= f.as_of AND coalesce(f.as_of < f.entity_valid_until, true), false)
    THEN 'entity-not-assessed' END,
  CASE WHEN d.has_entity AND r.capacity_required AND f.entity_households_max IS NOT NULL
    AND NOT (f.entity_households < f.entity_households_max
      AND coalesce(f.entity_amount + f.amount <= f.entity_amount_max, true)) THEN 'entity-full' END
], NULL) AS reasons
FROM facts f
JOIN rules r ON r.rules_key = f.rules_key
CROSS JOIN LATERAL (
  SELECT (extract(year FROM f.as_of) - extract(year FROM f.born_on))::integer
           - (extract(month FROM f.as_of) * 100 + extract(day FROM f.as_of)
              < extract(month FROM f.born_on) * 100 + extract(day FROM f.born_on))::integer AS age,
         coalesce(f.bank_code, f.account_bank) AS lender,
         array_remove(ARRAY[f.industry], NULL) || f.other_industries AS named,
         f.mode = 'indirect' AND f.entity_active IS NOT NULL AS has_entity
) d
CROSS JOIN LATERAL (
  SELECT CASE WHEN own THEN f.bank_grade ELSE f.grade END AS grade,
         CASE WHEN own THEN f.bank_credit_limit ELSE f.credit_limit END AS credit_limit,
         CASE WHEN own THEN f.bank_valid_from ELSE f.valid_from END AS valid_from,
         CASE WHEN own THEN f.bank_valid_until ELSE f.valid_until END AS valid_until
  FROM (SELECT coalesce(d.lender = ANY (r.rating_banks), false) AS own) o
) t
CROSS JOIN LATERAL (SELECT count(DISTINCT each) AS count FROM unnest(f.industries || d.named) AS each) i
"""
