"""The set-based judgement gives every household the reasons of the pure rules, in their order, under every pack."""

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.standing.eligibility.catalogue import KINDS
from services.registry.standing.eligibility.fact_rows import facts_of, loan_request_of, row_of
from services.registry.standing.eligibility.facts_sql import FACT_NAMES, LOAN_REQUEST_NAMES, STORED_COLUMNS
from services.registry.standing.eligibility.judgement_sql import JUDGED
from services.registry.standing.eligibility.rules.judging import RULES, HouseholdFacts, LoanRequest, reasons
from services.registry.tests.borrowing import DAYS, PACKS, RULES_BY_PACK, households, loan_requests
from services.registry.tests.bounds import at_every_bound
from services.registry.tests.judgements import RULES_BY_NAME, Question, judged
from shared.testing.service import ServiceUnderTest

questions = st.sampled_from(DAYS).flatmap(lambda day: st.tuples(st.just(day), households(day), loan_requests(day)))


@pytest.mark.clause("DZ-4")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(asked=st.lists(questions, min_size=10, max_size=25))
async def test_the_statement_gives_the_reasons_of_the_rules(
    empty_registry: ServiceUnderTest, asked: list[Question]
) -> None:
    found = await judged(empty_registry, RULES_BY_NAME, asked)
    for (name, place), codes in found.items():
        day, facts, loan_request = asked[place]
        assert codes == [reason.code for reason in reasons(facts, loan_request, RULES_BY_NAME[name], day)], (
            name,
            asked[place],
        )


@pytest.mark.clause("DZ-4")
async def test_the_statement_gives_the_reasons_of_the_rules_at_every_bound(empty_registry: ServiceUnderTest) -> None:
    seen: set[str] = set()
    for name, rules in RULES_BY_NAME.items():
        asked = list(at_every_bound(rules))
        found = await judged(empty_registry, {name: rules}, asked)
        for place, (day, facts, loan_request) in enumerate(asked):
            expected = [reason.code for reason in reasons(facts, loan_request, rules, day)]
            assert found[name, place] == expected, (name, facts, loan_request)
            seen.update(expected)
    assert seen == {kind.code for kind in KINDS}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.lists(questions, min_size=1, max_size=10))
async def test_facts_and_loan_requests_come_back_from_json_as_they_were(
    empty_registry: ServiceUnderTest, asked: list[Question]
) -> None:
    rows = [row_of(facts, loan_request) for _, facts, loan_request in asked]
    read = f"SELECT f.* FROM jsonb_to_recordset($1::jsonb) AS f ({STORED_COLUMNS})"
    back = [(facts_of(row), loan_request_of(row)) for row in await empty_registry.database.pool.fetch(read, rows)]
    assert back == [(facts, loan_request) for _, facts, loan_request in asked]


def test_every_rule_has_its_kind_in_the_same_order() -> None:
    assert len(KINDS) == len(RULES) == len({kind.code for kind in KINDS})
    assert [kind.code for kind in KINDS] == re.findall(r"THEN\s+'([a-z-]+)'", JUDGED)


def test_kept_columns_are_those_of_the_facts() -> None:
    facts = HouseholdFacts("general", None, None, True, frozenset(), "none", False, (), None, 0, Decimal("0.00"))
    assert (*FACT_NAMES, *LOAN_REQUEST_NAMES) == tuple(row_of(facts, LoanRequest(Decimal("1000.00"), 12)))


@pytest.mark.parametrize("name", PACKS)
def test_every_kind_of_reason_has_its_clause_under_every_pack(name: str) -> None:
    rules = RULES_BY_PACK[name]
    optional = {
        "age-above-maximum": rules.eligibility.age_max_years,
        "age-plus-term-above-maximum": rules.eligibility.age_plus_term_max_years,
        "enterprise-use-banned": rules.entities.enterprise_use_banned_after,
    }
    for kind in KINDS:
        assert kind.origin(rules.clauses) or optional.get(kind.code, 0) is None, kind.code
