"""Run the worked examples about loans, notices, subsidies, losses and funds with the services' own pure rules."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from services.lending.loans.refusals import refusal_of
from services.lending.loans.rules.contract_terms import (
    ContractTerms,
    annual_rate,
    contract,
    rate_column,
    refused_rate,
)
from services.lending.loans.rules.day_count import RuleRefused
from services.registry.standing.worked_examples import usual_term
from services.riskfund.claims.refusals import CauseNotCompensated, PursuitNotStated
from services.riskfund.claims.rules.compensation import claimable, first_claim_day, for_lender, loss_shares, shared_loss
from services.riskfund.funds.rules import cover_limit
from shared.errors import Refusal
from shared.ids import new_id
from shared.languages import Sentence
from shared.money import ZERO
from shared.policy import example_facts as given
from shared.policy.examples import HOUSEHOLD_KINDS, Answer, Tried, compared, kind_of, pack_of_example
from shared.policy.losses import LossRuleNotServed
from shared.policy.pack import PolicyPack
from shared.policy.terms import CompensationRule
from shared.policy.vocabulary import WaitStart
from shared.rules.public_notice import Pause, days_at, ends_on
from spec.subsidy import Contract, InterestPaid, StateFrom, subsidy_due, subsidy_status
from tools.packs.not_served import deposit_due
from tools.packs.rates import column_for, rate_on


def try_loan_examples(pack: PolicyPack) -> tuple[Tried, ...]:
    """Return every example that is not about a household, run, in the order of the file."""
    return tuple(
        compared(number, example, _answer(kind, getattr(example, kind), pack_of_example(example, pack)))
        for number, example in enumerate(pack.examples)
        if (kind := str(kind_of(example))) not in HOUSEHOLD_KINDS
    )


def _answer(kind: str, facts: Any, pack: PolicyPack) -> Answer:
    try:
        return ANSWERS[kind](facts, pack)
    except (Refusal, RuleRefused) as refused:
        zh, en = refused.sentence.zh, refused.sentence.en
        why = Sentence(f"规则拒绝：{zh}（{refused.code}）", f"Refused: {en} ({refused.code})")
        return Answer({"refused": refused.code}, (why,))


def loan(asked: given.Loan, pack: PolicyPack) -> Answer:
    """Return the contract's figures (LG-2, FJ-11)."""
    terms = pack.loan_terms()
    term_months = asked.term_months or usual_term(pack)
    disbursed_on = asked.disbursed_on or pack.header.effective_from
    principal = terms.amount_max if asked.principal is None else asked.principal
    column = rate_column(terms, term_months)
    reference = rate_on(terms.rate_basis, column, disbursed_on)
    county = annual_rate(reference, terms)
    code = refused_rate(asked.stated_rate, reference, terms)
    if code is not None:
        raise refusal_of(code, {"annual_rate": asked.stated_rate, "county_rate": county})
    rate = county if asked.stated_rate is None else asked.stated_rate
    found = contract(ContractTerms(new_id(), term_months, disbursed_on, principal), terms, rate)
    figures: dict[str, Any] = {
        "annual_rate": found.annual_rate,
        "matures_on": found.matures_on,
        "installments": len(found.installments),
        "total_interest": found.interest,
    }
    for row in found.installments:
        figures[f"due {row.due_on}"] = given.ROW
        figures[f"due {row.due_on} interest"] = row.interest
        figures[f"due {row.due_on} principal"] = row.principal
    stated = "" if rate == county else f" → {rate} %"
    how = f"{terms.rate_basis} {column} {reference} + {terms.rate_margin} = {county} %{stated}, {terms.day_count}"
    first = Sentence(
        f"{disbursed_on} 放款，{term_months} 个月，{found.matures_on} 到期；{how},{terms.repayment_method}。",
        f"Paid out on {disbursed_on} for {term_months} months until {found.matures_on}; {how}, "
        f"{terms.repayment_method}.",
    )
    rows = (
        Sentence(
            f"{row.due_on}:{row.days} 天，利息 {row.interest}，本金 {row.principal}。",
            f"{row.due_on}: {row.days} days, interest {row.interest}, principal {row.principal}.",
        )
        for row in found.installments
    )
    return Answer(figures, (first, *rows))


def subsidy(paid: given.Subsidy, pack: PolicyPack) -> Answer:
    """Return what of the interest is given back; penalty interest has no way in (SX-5)."""
    rule, terms = pack.subsidy_rule(), pack.loan_terms()
    disbursed_on = paid.disbursed_on or paid.period_from
    term_months = paid.term_months or usual_term(pack)
    rate = paid.annual_rate
    if rate is None:
        column = rate_column(terms, term_months)
        rate = annual_rate(rate_on(terms.rate_basis, column, disbursed_on), terms)
    principal = min(rule.principal_max, terms.amount_max) if paid.principal is None else paid.principal
    states = [StateFrom(state.from_on, state.state) for state in paid.states or ()]
    due = subsidy_due(
        InterestPaid(
            paid.interest,
            paid.period_from,
            paid.period_until,
            bool(paid.prepaid),
            paid.interest if paid.paid_before else ZERO,
            bool(paid.year_served),
        ),
        Contract(principal, rate, disbursed_on),
        subsidy_status(states, rule, disbursed_on),
        rule,
        pack.legacy_loan_rules(),
        _cap_rate(pack, term_months, disbursed_on),
    )
    kept = ", ".join(f"{name} {amount}" for name, amount in due.withheld.items() if amount) or "-"
    why = Sentence(
        f"已付利息 {paid.interest} 元（{due.days} 天，可贴 {due.eligible_days} 天），不贴：{kept}；"
        f"应贴 {due.amount} 元。罚息 {paid.penalty or ZERO} 元从不贴息。",
        f"Interest paid {paid.interest} ({due.days} days, {due.eligible_days} eligible), withheld: {kept}; "
        f"given back {due.amount}. Penalty interest of {paid.penalty or ZERO} is never subsidised.",
    )
    figures = {"subsidised": due.amount, "withheld": paid.interest - due.amount, "because": due.reasons}
    return Answer(figures, (why,))


def _cap_rate(pack: PolicyPack, term_months: int, on: date) -> Decimal | None:
    cap = pack.subsidy_rule().rate_cap
    if cap is None:
        return None
    column = column_for(cap.tenors, term_months)
    return None if column is None else rate_on(cap.basis, column, on)


def claim(loss: given.Claim, pack: PolicyPack) -> Answer:
    """Return from when the loss may be claimed and who carries how much (LG-20, LG-20b, LG-21a, LG-21b, DZ-3)."""
    rule = for_lender(pack.compensation_rule(), loss.bank_code or "")
    wait = rule.wait_for(loss.cause)
    if wait is None:
        raise CauseNotCompensated(loss.cause)
    starts = {
        WaitStart.MATURITY: loss.matures_on or loss.overdue_from,
        WaitStart.OVERDUE: loss.overdue_from or loss.matures_on,
        WaitStart.PURSUIT: loss.pursued_from,
    }
    start = starts[wait.counts_from]
    if start is None:
        raise PursuitNotStated
    earliest = first_claim_day(wait, start)
    principal = pack.lending.amount_max.value if loss.principal is None else loss.principal
    claimed = shared_loss(principal, loss.interest or ZERO, rule, loss.late_interest or ZERO)
    insured = (loss.insurance_paid or ZERO) if rule.insurance_pays_first else ZERO  # else no insurer is asked
    left = max(claimed.amount - insured, ZERO)
    parts = loss_shares(left, rule)
    borne = {"fund": parts.fund, "bank": parts.bank, "guarantor": parts.guarantor}
    figures = {"earliest_on": earliest, "claimable": left, **borne}
    more_zh, more_en = ("以上", "more than ") if wait.strictly_after else ("", "")
    shares = (rule.fund_share, rule.bank_share, rule.guarantor_share)
    why = Sentence(
        f"自 {wait.counts_from} {start} 起等待 {wait.months} 个月 {wait.days} 天{more_zh}，最早 {earliest}。"
        f"本金 {claimed.principal} + 利息 {claimed.interest} - 保险 {insured} = {left}；"
        "基金 {} 银行 {} 担保 {}，尾差归 ".format(*shares)
        + f"{rule.odd_fen_to}。",
        f"Waits {more_en}{wait.months} months {wait.days} days from {wait.counts_from} {start}: {earliest}. Principal "
        f"{claimed.principal} + interest {claimed.interest} - insurance {insured} = {left}; "
        "fund {}, bank {}, guarantor {}, odd fen to ".format(*shares)
        + f"{rule.odd_fen_to}.",
    )
    return Answer(figures, (why, *_not_paid_yet(rule)))


def _not_paid_yet(rule: CompensationRule) -> tuple[Sentence, ...]:
    """Say when the fund's service cannot pay by this rule yet, although the rule itself is clear."""
    try:
        claimable(ZERO, ZERO, rule)
    except LossRuleNotServed as refused:
        return (Sentence(f"注意：{refused.sentence.zh}", f"Mind: {refused.sentence.en}"),)
    return ()


def cover(asked: given.Cover, pack: PolicyPack) -> Answer:
    """Return how far lending may go on a fund and what must be paid in (FJ-13, LG-38)."""
    rule = cover_limit.for_lender(pack.fund_rule(), asked.bank_code)
    balance = rule.initial_amount if asked.fund is None else asked.fund
    lent, wanted = asked.lent or ZERO, asked.wanted or ZERO
    found = cover_limit.cover_of(balance, lent, ZERO, rule, wanted)
    figures = {
        "limit": found.limit,
        "available": found.available,
        "missing": found.missing,
        "warning": found.replenish_warning,
    }
    why = Sentence(
        f"{balance} × {rule.multiplier} = {found.limit}；已放 {lent}，拟放 {wanted}，应补 {found.missing}"
        f"（补充单位 {rule.replenish_step}）。",
        f"{balance} × {rule.multiplier} = {found.limit}; lent {lent}, wanted {wanted}, to be paid in {found.missing} "
        f"(in steps of {rule.replenish_step}).",
    )
    return Answer(figures, (why,))


def public_notice(notice: given.PublicNotice, pack: PolicyPack) -> Answer:
    """Return the last day of each level's notice; the next level posts its own on that day (LG-12)."""
    rule = pack.public_notice_rule()
    of_rating = notice.of == "rating"
    levels = rule.rating_levels if of_rating else rule.levels
    pauses = [Pause(each.raised_on, each.settled_on) for each in notice.objections or ()]
    figures: dict[str, Any] = {}
    why, starts_on = [], notice.starts_on
    for level in levels:
        days = rule.rating_working_days_per_level if of_rating else days_at(level, rule)
        still_open = [pause for pause in pauses if pause.settled_on >= starts_on]
        last = ends_on(starts_on, days, still_open, stops_clock=rule.objection_stops_clock)
        figures[f"ends_on {level}"] = last
        zh = f"{level}:{starts_on} 起 {days} 个工作日，至 {last}。"
        why.append(Sentence(zh, f"{level}: {days} working days after {starts_on}, until {last}."))
        starts_on = last
    return Answer(figures, tuple(why))


def deposit(asked: given.Deposit, pack: PolicyPack) -> Answer:
    """Return the recommender's deposit; 0.00 where the county has none (FJ-14)."""
    rule = pack.deposit_rule()
    found = ZERO if rule is None else deposit_due(asked.amount, rule)
    bands = "; ".join(f"{band.amount_min}–{band.amount_max or ''} {band.rate}" for band in rule.bands) if rule else "-"
    return Answer({"deposit": found}, (Sentence(f"档次：{bands}。", f"Bands: {bands}."),))


ANSWERS: Final[Mapping[str, Callable[[Any, PolicyPack], Answer]]] = {
    "loan": loan,
    "subsidy": subsidy,
    "claim": claim,
    "cover": cover,
    "public_notice": public_notice,
    "deposit": deposit,
}
