"""A simulation's result in sentences, in the words of an officer. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.registry.standing.eligibility.catalogue import KIND_BY_CODE

Sentence = tuple[str, str]
Result = Mapping[str, Any]


def sentences(result: Result, period_from: date, period_until: date) -> tuple[Sentence, ...]:
    """Return the result as (Chinese, English) sentences, the sum of it first."""
    found = [_judged(result, period_from, period_until), _gained(result), _lost(result), _above(result), _lines(result)]
    return tuple(sentence for sentence in found if sentence is not None)


def _judged(result: Result, period_from: date, period_until: date) -> Sentence:
    asked, before, after = result["applications"], result["eligible_before"], result["eligible_after"]
    if not asked["count"]:
        return (
            f"{period_from}至{period_until}（不含）之间没有留存的申请，无从比较。",
            f"No application of {period_from} until {period_until} (excluded) is on record, so there is nothing "
            f"to compare.",
        )
    return (
        f"{period_from}至{period_until}（不含）的{asked['count']}笔申请（共{asked['amount']}元）中，"
        f"原可贷{before['count']}笔（{before['amount']}元），按此政策包可贷{after['count']}笔（{after['amount']}元）。",
        f"Of {asked['count']} applications ({asked['amount']} yuan) of {period_from} until {period_until} (excluded), "
        f"{before['count']} ({before['amount']}) could borrow; under this pack {after['count']} ({after['amount']}).",
    )


def _gained(result: Result) -> Sentence | None:
    gained = result["newly_eligible"]
    if not gained["count"]:
        return None
    codes = _largest(result["reasons"], "removed")
    return (
        f"{gained['count']}笔（{gained['amount']}元）将由不可贷变为可贷；不再适用的原因：{_zh(codes)}。",
        f"{gained['count']} ({gained['amount']} yuan) would newly be eligible; reasons that fall away: {_en(codes)}.",
    )


def _lost(result: Result) -> Sentence | None:
    lost = result["newly_refused"]
    if not lost["count"]:
        return None
    codes = _largest(result["reasons"], "added")
    return (
        f"{lost['count']}笔（{lost['amount']}元）将由可贷变为不可贷；新增原因：{_zh(codes)}。",
        f"{lost['count']} ({lost['amount']} yuan) would newly be refused; reasons that are new: {_en(codes)}.",
    )


def _above(result: Result) -> Sentence | None:
    above = result["above_maximum"]
    if not above["count"]:
        return None
    return (
        f"{above['count']}笔超过新的单笔最高金额，共超出{above['amount']}元。",
        f"{above['count']} would be above the new largest loan, by {above['amount']} yuan together.",
    )


def _lines(result: Result) -> Sentence | None:
    again = result["rescoring"]
    if again is None:
        return None
    change = Decimal(again["credit_limits_after"]) - Decimal(again["credit_limits_before"])
    return (
        f"按此政策包重新评分，{again['households']}户中{again['changed']}户的等级或额度改变，"
        f"授信总额由{again['credit_limits_before']}元变为{again['credit_limits_after']}元（{change:+}）。",
        f"Scored again under this pack, {again['changed']} of {again['households']} households change grade or "
        f"credit limit; "
        f"all credit limits together go from {again['credit_limits_before']} to {again['credit_limits_after']} "
        f"yuan ({change:+}).",
    )


def _largest(reasons: Sequence[Mapping[str, Any]], name: str) -> list[tuple[str, int]]:
    """Return the reasons with their counts, the largest first, equal ones in the order of the rules."""
    order = list(KIND_BY_CODE)
    found = [(each["code"], each[name]) for each in reasons if each[name]]
    return sorted(found, key=lambda pair: (-pair[1], order.index(pair[0])))


def _zh(codes: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{KIND_BY_CODE[code].zh}（{count}笔）" for code, count in codes)


def _en(codes: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{KIND_BY_CODE[code].en} ({count})" for code, count in codes)
