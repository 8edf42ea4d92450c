"""Households judged in the database, by counties that ask for nothing or for everything too, for the tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from services.registry.standing.eligibility.fact_rows import row_of
from services.registry.standing.eligibility.facts_sql import STORED_COLUMNS
from services.registry.standing.eligibility.judgement_sql import JUDGED, rules_given, rules_row
from services.registry.standing.eligibility.rules.judging import BorrowingRules, HouseholdFacts, LoanRequest
from services.registry.tests.borrowing import RULES_BY_PACK
from shared.policy.vocabulary import BadRecordRule, LoanMode
from shared.testing.service import ServiceUnderTest

_JUDGE: Final = f"""
WITH rules AS ({rules_given(1)}), facts AS (
  SELECT * FROM jsonb_to_recordset($2::jsonb) AS f (place integer, rules_key text, as_of date, {STORED_COLUMNS})
)
{JUDGED} ORDER BY f.rules_key, f.place
"""
Question = tuple[date, HouseholdFacts, LoanRequest]
Judged = dict[tuple[str, int], list[str]]


def _asking(everything: bool) -> BorrowingRules:
    """Return Fengjie's rules with every condition that a county may set or leave, set or left."""
    fengjie = RULES_BY_PACK["fengjie"]
    purposes = replace(fengjie.eligibility.purposes, industries_per_borrower_min=2 if everything else 0)
    eligibility = replace(
        fengjie.eligibility,
        age_max_years=65 if everything else None,
        age_plus_term_max_years=60 if everything else None,
        full_capacity_required=everything,
        able_to_work_required=everything,
        bank_account_required=everything,
        bad_record_rule=BadRecordRule.NONE_ALLOWED if everything else BadRecordRule.IGNORED,
        family_debt_excludes=everything,
        barred_by_lists=everything,
        rating_required=everything,
        purposes=purposes,
    )
    entities = replace(fengjie.entities, modes=tuple(LoanMode), capacity_required=everything)
    named = ("age_plus_term_max_years", "family_debt_excludes", "age_max_years", "conditions", "capacity_required")
    clauses = {**dict.fromkeys(named, "MS-2"), **fengjie.clauses}
    banks = ("PSBC",) if everything else ()
    return replace(fengjie, eligibility=eligibility, entities=entities, clauses=clauses, rating_banks=banks)


ASKS_NOTHING: Final = _asking(everything=False)
ASKS_EVERYTHING: Final = _asking(everything=True)
RULES_BY_NAME: Final[Mapping[str, BorrowingRules]] = {
    **RULES_BY_PACK,
    "asks for nothing": ASKS_NOTHING,
    "asks for everything": ASKS_EVERYTHING,
}


async def judged(
    registry: ServiceUnderTest, rules_by_name: Mapping[str, BorrowingRules], asked: Sequence[Question]
) -> Judged:
    """Return the codes that the statement gives each question under each rule set, by rule set and place."""
    rules = [rules_row(name, each) for name, each in rules_by_name.items()]
    rows = [
        {"place": place, "rules_key": name, "as_of": day, **row_of(facts, loan_request)}
        for name in rules_by_name
        for place, (day, facts, loan_request) in enumerate(asked)
    ]
    found = await registry.database.pool.fetch(_JUDGE, rules, rows)
    assert len(found) == len(rows)
    return {(row["rules_key"], row["place"]): row["reasons"] for row in found}
