"""Run the worked examples about households with the registry's own rules: borrowing, rating,
growth of a credit limit. Pure.

Facts that an example leaves out are chosen so that every condition of the pack is met.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.credit.rating.rules.scoring import DerivationLine, credit_limit_of, grade_of, score
from services.registry.standing.eligibility.fact_rows import facts_stored, loan_request_stored
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import verdict
from shared.dates import add_months
from shared.households_sheet import household_columns, read_state
from shared.languages import Sentence
from shared.money import ZERO
from shared.policy import example_facts as given
from shared.policy.examples import HOUSEHOLD_KINDS, Answer, Tried, compared, kind_of, pack_of_example
from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.pack import PolicyPack
from shared.rules.reasons import Reason

USUAL_AGE: Final = 40
USUAL_TERM_MONTHS: Final = 12
MANY_HOUSEHOLDS: Final = 1_000_000
VILLAGE_DIGITS: Final = 12
GOOD: Final = Sentence("满足全部条件，可以贷款。", "Every condition is met; the household may borrow.")


def try_household_examples(pack: PolicyPack) -> tuple[Tried, ...]:
    """Return every household example of the pack, run, in the order of the file."""
    return tuple(
        compared(number, example, ANSWERS[kind](getattr(example, kind), pack_of_example(example, pack)))
        for number, example in enumerate(pack.examples)
        if (kind := str(kind_of(example))) in HOUSEHOLD_KINDS
    )


def borrowing(asked: given.Borrowing, pack: PolicyPack) -> Answer:
    """Return every reason against the loan, in the order of the rules (DZ-4)."""
    as_of = asked.as_of or pack.header.effective_from
    loan_request = _loan_request(asked, pack, _rating(asked, pack, as_of))
    found = verdict(_household(asked, pack, loan_request, as_of), loan_request, rules_of(pack), as_of)
    figures = {
        "reasons": tuple(reason.code for reason in found.reasons),
        "eligible": not found.reasons,
        "conditions": tuple(each.reason.code for each in found.conditions),
        "consequences": tuple(str(each.consequence) for each in found.conditions),
    }
    said = (*found.reasons, *(each.reason for each in found.conditions))
    return Answer(figures, tuple(map(_sentence, said)) or (GOOD,))


def rating(collected: given.Rating, pack: PolicyPack) -> Answer:
    """Return score, grade and credit limit of a household's answers, indicator by indicator (ZJ-1, LG-10)."""
    scheme = pack.rating_scheme()
    derivation = score(collected.answers, scheme)
    grade = grade_of(derivation.total, scheme)
    credit_limit = credit_limit_of(grade.code, scheme) if grade else ZERO
    figures = {"score": derivation.total, "grade": grade.code if grade else "none", "credit_limit": credit_limit}
    bands = ", ".join(f"{each.code} ≥ {each.score_min}" for each in scheme.grades)
    total = Sentence(
        f"合计 {derivation.total} 分；{bands}；等级 {figures['grade']}，额度 {credit_limit} 元。",
        f"Together {derivation.total} points; {bands}; grade {figures['grade']}, credit limit {credit_limit}.",
    )
    return Answer(figures, (*map(_earned, derivation.lines), total))


def limit_growth(repaid: given.LimitGrowth, pack: PolicyPack) -> Answer:
    """Return the grade and credit limit after a loan that was repaid on time (FJ-10)."""
    scheme = pack.rating_scheme()
    grade = repaid.grade or (scheme.promotion_path[0] if scheme.promotion_path else scheme.grades[-1].code)
    credit_limit = repaid.credit_limit if repaid.credit_limit is not None else credit_limit_of(grade, scheme)
    principal = repaid.repaid if repaid.repaid is not None else credit_limit
    found = next_limit(grade, credit_limit, principal, scheme)
    path = " → ".join(scheme.promotion_path) or "-"
    why = Sentence(
        f"{grade} 级额度 {credit_limit} 元，按时归还 {principal} 元；升级路径 {path}，倍数 "
        f"{scheme.gradient_multiplier or '-'}，"
        f"取法 {scheme.next_limit}，每户上限 {scheme.household_cap} 元。",
        f"Grade {grade} with credit limit {credit_limit}, {principal} repaid on time; path {path}, multiplier "
        f"{scheme.gradient_multiplier or '-'}, choice {scheme.next_limit}, cap {scheme.household_cap}.",
    )
    return Answer({"grade": found.grade, "credit_limit": found.credit_limit}, (why,))


ANSWERS: Final[Mapping[str, Callable[[Any, PolicyPack], Answer]]] = {
    "borrowing": borrowing,
    "rating": rating,
    "limit_growth": limit_growth,
}


def usual_term(pack: PolicyPack) -> int:
    """Return 12 months, or the nearest term that the pack allows."""
    return max(pack.lending.term_months_min.value, min(USUAL_TERM_MONTHS, pack.lending.term_months_max.value))


def _rating(asked: given.Borrowing, pack: PolicyPack, as_of: date) -> RatingFacts | None:
    if asked.rated is False:
        return None
    said, scheme = given.said(asked.rating), pack.rating_scheme()
    grade = said.get("grade", scheme.grades[0].code)
    until = said.get("valid_until") or add_months(max(as_of, said.get("valid_from", as_of)), scheme.valid_months)
    usual = RatingFacts(grade, credit_limit_of(grade, scheme), min(as_of, until), until)
    return replace(usual, **said)


def _loan_request(asked: given.Borrowing, pack: PolicyPack, rated: RatingFacts | None) -> LoanRequest:
    usual = {"amount": _largest(asked, pack, rated), "term_months": usual_term(pack)}
    return loan_request_stored({**usual, **_stated(asked, LoanRequest)})


def _largest(asked: given.Borrowing, pack: PolicyPack, rated: RatingFacts | None) -> Decimal:
    lending = pack.lending
    left = lending.household_cap.value - (asked.owed or ZERO)
    credit_limit = rated.credit_limit if rated else lending.amount_max.value
    return max(min(lending.amount_max.value, left, credit_limit), lending.amount_min.value)


def _household(asked: given.Borrowing, pack: PolicyPack, loan_request: LoanRequest, as_of: date) -> HouseholdFacts:
    usual = {
        "state": _state(asked.state_word, pack),
        "born_on": _born(asked.age, pack, loan_request.term_months, as_of),
        "civil_capacity": "full",
        "able_to_work": True,
        "exclusions": (),
        "credit_record": "clean",
        "has_account": True,
        "lists": (),
        "open_loans": 0,
        "owed": ZERO,
        "village_code": pack.header.regions[0].ljust(VILLAGE_DIGITS, "0"),
        "income_per_head": pack.eligibility_rules().income_per_head_max,
        "good_repute": True,
        "willing_and_able": True,
    }
    parts = {"rating": _rating(asked, pack, as_of), "entity": _entity(given.said(asked.entity), pack, as_of)}
    return facts_stored({**usual, **_stated(asked, HouseholdFacts), **parts})


def _stated(asked: given.Borrowing, kind: type[HouseholdFacts | LoanRequest]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in given.said(asked).items() if name in names}


def _state(word: str | None, pack: PolicyPack) -> str:
    """Return the state that the county's word means on its sheets; one that may borrow where none is written."""
    words = pack.eligibility_rules().state_words or ()
    found = read_state(word, household_columns(pack.rating_scheme(), words)) if word is not None else None
    return found or str(pack.eligibility.eligible_states.value[0])


def _born(age: int | None, pack: PolicyPack, term_months: int, as_of: date) -> date:
    return add_months(as_of, -12 * (_usual_age(pack, term_months) if age is None else age))


def _usual_age(pack: PolicyPack, term_months: int) -> int:
    rule = pack.eligibility_rules()
    oldest = [USUAL_AGE]
    if rule.age_max_years is not None:
        oldest.append(rule.age_max_years)
    if rule.age_plus_term_max_years is not None:
        oldest.append((rule.age_plus_term_max_years * 12 - term_months) // 12)
    return max(min(oldest), rule.age_min_years)


def _entity(said: dict[str, Any], pack: PolicyPack, as_of: date) -> EntityFacts:
    met = said.pop("conditions_met", [term.code for term in pack.entities.conditions.value])
    parties = frozenset(said.pop("determined_by", pack.entity_rules().determined_by or ()))
    usual = EntityFacts(frozenset(met), assessed_on=as_of, households_max=MANY_HOUSEHOLDS, determined_by=parties)
    assessed = said.pop("assessed", True)
    found = replace(usual, **said)
    return found if assessed else replace(found, assessed_on=None, households_max=None)


def _sentence(reason: Reason) -> Sentence:
    return Sentence(f"{reason.zh}({reason.clause})", f"{reason.en} ({reason.clause})")


def _earned(line: DerivationLine) -> Sentence:
    value = "-" if line.value is None else f"{line.value}" + (f" / {line.per}" if line.per is not None else "")
    step = f", {line.threshold}" if line.threshold is not None else ""
    return Sentence(
        f"{line.zh}:{value}{step} → {line.points} / {line.points_max} 分",
        f"{line.en}: {value}{step} → {line.points} of {line.points_max} points",
    )
