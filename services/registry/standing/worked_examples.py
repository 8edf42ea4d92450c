"""Run the worked examples about households with the registry's own rules: borrowing, rating,
growth of a credit limit. Pure.

Facts that an example leaves out are chosen so that every condition of the pack is met.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.credit.rating.rules.scoring import DerivationLine, credit_limit_of, grade_of, score
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import (
    EntityFacts,
    HouseholdFacts,
    LoanRequest,
    RatingFacts,
    Reason,
    reasons,
)
from shared.dates import add_months
from shared.languages import Sentence
from shared.money import ZERO
from shared.policy import example_facts as given
from shared.policy.examples import HOUSEHOLD_KINDS, Answer, Tried, compared, kind_of
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import LoanMode

USUAL_AGE: Final = 40
USUAL_TERM_MONTHS: Final = 12
MANY_HOUSEHOLDS: Final = 1_000_000
VILLAGE_DIGITS: Final = 12
GOOD: Final = Sentence("满足全部条件,可以贷款。", "Every condition is met; the household may borrow.")


def try_household_examples(pack: PolicyPack) -> tuple[Tried, ...]:
    """Return every household example of the pack, run, in the order of the file."""
    return tuple(
        compared(number, example, ANSWERS[kind](getattr(example, kind), pack))
        for number, example in enumerate(pack.examples)
        if (kind := str(kind_of(example))) in HOUSEHOLD_KINDS
    )


def borrowing(asked: given.Borrowing, pack: PolicyPack) -> Answer:
    """Return every reason against the loan, in the order of the rules (DZ-4)."""
    as_of = asked.as_of or pack.header.effective_from
    loan_request = _loan_request(asked, pack, _rating(asked, pack, as_of))
    found = reasons(_household(asked, pack, loan_request, as_of), loan_request, rules_of(pack), as_of)
    figures = {"reasons": tuple(reason.code for reason in found), "eligible": not found}
    return Answer(figures, tuple(map(_sentence, found)) or (GOOD,))


def rating(collected: given.Rating, pack: PolicyPack) -> Answer:
    """Return score, grade and credit limit of a household's answers, indicator by indicator (ZJ-1, LG-10)."""
    scheme = pack.rating_scheme()
    derivation = score(collected.answers, scheme)
    grade = grade_of(derivation.total, scheme)
    credit_limit = credit_limit_of(grade.code, scheme) if grade else ZERO
    figures = {"score": derivation.total, "grade": grade.code if grade else "none", "credit_limit": credit_limit}
    bands = ", ".join(f"{each.code} ≥ {each.score_min}" for each in scheme.grades)
    total = Sentence(
        f"合计 {derivation.total} 分;{bands};等级 {figures['grade']},额度 {credit_limit} 元。",
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
        f"{grade} 级额度 {credit_limit} 元,按时归还 {principal} 元;升级路径 {path},倍数 "
        f"{scheme.gradient_multiplier or '-'},"
        f"取法 {scheme.next_limit},每户上限 {scheme.household_cap} 元。",
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
    said, scheme = asked.rating or given.RatedAs(), pack.rating_scheme()
    grade = said.grade or scheme.grades[0].code
    credit_limit = said.credit_limit if said.credit_limit is not None else credit_limit_of(grade, scheme)
    until = said.valid_until or add_months(max(as_of, said.valid_from or as_of), scheme.valid_months)
    return RatingFacts(grade, credit_limit, said.valid_from or min(as_of, until), until)


def _loan_request(asked: given.Borrowing, pack: PolicyPack, rated: RatingFacts | None) -> LoanRequest:
    mode = asked.mode or LoanMode.DIRECT
    return LoanRequest(
        amount=asked.amount if asked.amount is not None else _largest(asked, pack, rated),
        term_months=asked.term_months or usual_term(pack),
        industry=asked.industry,
        purpose=asked.purpose,
        other_industries=asked.other_industries or (),
        bank_code=asked.bank,
        mode=mode,
        granted_on=asked.granted_on,
    )


def _largest(asked: given.Borrowing, pack: PolicyPack, rated: RatingFacts | None) -> Decimal:
    lending = pack.lending
    left = lending.household_cap.value - (asked.owed or ZERO)
    credit_limit = rated.credit_limit if rated else lending.amount_max.value
    return max(min(lending.amount_max.value, left, credit_limit), lending.amount_min.value)


def _household(asked: given.Borrowing, pack: PolicyPack, loan_request: LoanRequest, as_of: date) -> HouseholdFacts:
    return HouseholdFacts(
        state=asked.state or pack.eligibility.eligible_states.value[0],
        born_on=asked.born_on or _born(asked.age, pack, loan_request.term_months, as_of),
        civil_capacity=asked.civil_capacity or "full",
        able_to_work=asked.able_to_work is not False,
        exclusions=frozenset(asked.exclusions or ()),
        credit_record=asked.credit_record or "clean",
        has_account=asked.has_account is not False,
        lists=tuple(asked.lists or ()),
        rating=_rating(asked, pack, as_of),
        open_loans=asked.open_loans or 0,
        owed=asked.owed or ZERO,
        village_code=asked.registered_in or pack.header.regions[0].ljust(VILLAGE_DIGITS, "0"),
        residence_code=asked.lives_in,
        ended_on=asked.ended_on,
        end_reason=asked.end_reason,
        borrower=asked.borrower or "active",
        malicious=asked.malicious is True,
        account_bank=asked.account_bank,
        family_debt_banks=asked.family_debt_banks or (),
        industries=frozenset(asked.industries or ()),
        entity=_entity(asked.entity or given.EntityFacts(), pack, as_of),
    )


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


def _entity(said: given.EntityFacts, pack: PolicyPack, as_of: date) -> EntityFacts:
    every = [term.code for term in pack.entities.conditions.value]
    households_max = MANY_HOUSEHOLDS if said.households_max is None else said.households_max
    return EntityFacts(
        conditions_met=frozenset(every if said.conditions_met is None else said.conditions_met),
        lists=tuple(said.lists or ()),
        active=said.active is not False,
        assessed_on=None if said.assessed is False else as_of,
        households_max=None if said.assessed is False else households_max,
        amount_max=said.amount_max,
        households=said.households or 0,
        amount=said.amount or ZERO,
    )


def _sentence(reason: Reason) -> Sentence:
    return Sentence(f"{reason.zh}({reason.clause})", f"{reason.en} ({reason.clause})")


def _earned(line: DerivationLine) -> Sentence:
    value = "-" if line.value is None else f"{line.value}" + (f" / {line.per}" if line.per is not None else "")
    step = f", {line.threshold}" if line.threshold is not None else ""
    return Sentence(
        f"{line.zh}:{value}{step} → {line.points} / {line.points_max} 分",
        f"{line.en}: {value}{step} → {line.points} of {line.points_max} points",
    )
