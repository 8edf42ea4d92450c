"""The counties' packs, and a household that meets every condition of one of them, for tests that change one fact."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any

from services.lending.loans.rules.contract_terms import Contract, ContractTerms, contract
from services.registry.credit.rating.rules.scoring import grade_of, score
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import reasons
from shared.ids import new_id
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.load import cited_clauses, load_pack
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Section
from shared.policy.yaml_source import key_path
from shared.rules.reasons import Reason
from tests.policy.fengjie import PROJECT
from tools.demo.answers import indicator_answers

DAY = date(2017, 3, 15)  # the day of every question that names no other


@cache
def county(code: str) -> PolicyPack:
    """Return a county's pack; every clause it names is one that it lists."""
    return load_pack(PROJECT / "policy" / "packs" / f"{code}.yaml")


def values_of(section: Section | None) -> Any:
    """Return the bare values of a section by their keys, None for a key left out; None for a section left out."""
    if section is None:
        return None
    held = {key: getattr(section, key) for key in type(section).model_fields}
    return SimpleNamespace(**{key: None if leaf is None else leaf.value for key, leaf in held.items()})


def foreign_citations(pack: PolicyPack, prefix: str) -> list[str]:
    """Return the keys that claim a clause of another county's document instead of following it."""
    return [
        key_path(path)
        for path, clause, follows in cited_clauses(pack)
        if not follows and not clause.startswith(f"{prefix}-")
    ]


def refusals(
    pack: PolicyPack, on: date = DAY, loan_request: Mapping[str, Any] | None = None, **facts: Any
) -> list[str]:
    """Return the codes of every reason against a loan when these facts of a fitting household are changed."""
    return [reason.code for reason in against(pack, on, loan_request, **facts)]


def against(
    pack: PolicyPack, on: date = DAY, loan_request: Mapping[str, Any] | None = None, **facts: Any
) -> tuple[Reason, ...]:
    """Return every reason against a loan when these facts of a fitting household are changed."""
    best = pack.rating_scheme().grades[0]
    household = HouseholdFacts(
        state=pack.eligibility_rules().eligible_states[0],
        born_on=aged(40, on),
        civil_capacity="full",
        able_to_work=True,
        exclusions=frozenset(),
        credit_record="clean",
        has_account=True,
        lists=(),
        rating=RatingFacts(best.code, best.credit_limit, on, date(2030, 1, 1)),
        open_loans=0,
        owed=Decimal("0.00"),
        village_code=pack.header.regions[0].ljust(12, "0"),
        income_per_head=pack.eligibility_rules().income_per_head_max,
        good_repute=True,
        willing_and_able=True,
    )
    asked = replace(LoanRequest(amount=Decimal("10000.00"), term_months=12), **(loan_request or {}))
    return reasons(replace(household, **facts), asked, rules_of(pack), on)


def aged(years: int, on: date = DAY) -> date:
    """Return the day of birth of somebody who is this old on the day, and not a day older than the birthday."""
    return on.replace(year=on.year - years)


def sound_entity(pack: PolicyPack, **changes: Any) -> EntityFacts:
    """Return an assessed entity with room for ten households that meets every condition of the pack."""
    met = frozenset(term.code for term in pack.entity_rules().conditions)
    parties = frozenset(pack.entity_rules().determined_by or ())
    return replace(EntityFacts(met, assessed_on=DAY, households_max=10, determined_by=parties), **changes)


def signed(pack: PolicyPack, principal: str, term_months: int, disbursed_on: date, rate: str) -> Contract:
    """Return the contract of a loan at this yearly rate in percent."""
    terms = ContractTerms(new_id(), term_months, disbursed_on, Decimal(principal))
    return contract(terms, pack.loan_terms(), Decimal(rate))


def grades_reached(pack: PolicyPack, labourers: int, bad_records: int = 0) -> set[str]:
    """Return the grades that answers of such a household reach: as many migrant workers as labourers at most."""
    scheme = pack.rating_scheme()
    known = {"labourers": labourers, "bad_records": bad_records}
    reached: set[str] = set()
    for grade in scheme.grades:
        found = indicator_answers(grade.code, Random(7), scheme, known, {"migrant_workers": labourers})
        scored = grade_of(score({code: Decimal(value) for code, value in found.items()}, scheme).total, scheme)
        assert scored is not None
        reached.add(scored.code)
    return reached
