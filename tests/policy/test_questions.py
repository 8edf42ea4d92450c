"""What a pack may say and hardly means is refused or asked about; nobody overlooks a draft value that is still open."""

import json
from typing import Any

import pytest

from shared.policy.blocking import blocking
from shared.policy.implausible import questions
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.pack import PolicyPack
from shared.policy.signing import TO_BE_CONFIRMED, open_values, unanswered, unsigned
from shared.policy.yaml_source import parse, path_of
from tests.policy.fengjie import PROJECT, fengjie, fengjie_text

ASSUMED = {"assumed": True, "reason": "Set by a test for this case."}
WITH_GUARANTOR = {
    "compensation__fund_share": "0.60",
    "compensation__guarantor_share": "0.20",
    "compensation__lender_shares": [{"bank_codes": ["PSBC"], "fund_share": "0.70", "bank_share": "0.30"}],
}
ALL_STATES = ["registered", "lifted", "stably_lifted", "monitored", "marginal"]
TWO_SHARES = [{"from_on": "2019-01-01", "share": "0.5"}, {"from_on": "2019-01-01", "share": "0.4"}]


def text_with(**changes: Any) -> str:
    """Return Fengjie's pack with other values: `lending__amount_max="1.00"`, or a key as it is written, `header__…`."""
    data = parse(fengjie_text()).data
    for name, value in changes.items():
        *above, last = path_of(name.replace("__", "."))
        node = data
        for part in above:
            node = node[part]
        plain = above[:1] == ["header"] or not above
        node[last] = value if plain else {**ASSUMED, "value": value}
    return json.dumps(data, ensure_ascii=False, default=str)


def pack_with(**changes: Any) -> PolicyPack:
    """Return the pack that `text_with` writes."""
    return read_pack(text_with(**changes))


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("repayment.penalty_multiplier", "50", '加收 50% 请写 "1.5"'),
        ("repayment.penalty_multiplier", "10", '加收 50% 请写 "1.5"'),
        ("repayment.penalty_multiplier", "0.5", '加收 50% 请写 "1.5"'),
        ("repayment.misuse_multiplier", "100", '加收 100% 请写 "2"'),
        ("rating.gradient_multiplier", "0.20", '上浮 20% 请写 "1.20"'),
        ("lending.lender_kinds", ["rural_comercial"], "是否应为 rural_commercial"),
        ("lending.lender_kinds", ["pawnshop"], "可写：state_owned"),
        ("compensation.committee_approvals_required", 9, "只有 3 个成员单位"),
        ("compensation.covers_penalty", True, "本平台暂不能支付此类代偿"),
        ("subsidy.later_shares", TWO_SHARES, "2019-01-01 起有两个比例"),
        ("lending.lender_kinds", [], "为空，没有银行可以放贷"),
        ("lending.securities", [], "为空，任何担保方式都会被拒绝"),
        ("purposes.allowed", [], "为空，任何用途都会被拒绝"),
        ("entities.modes", [], "为空，任何使用方式都会被拒绝"),
        ("fund.managers", [], "为空，无人可以开立基金"),
        ("fund.paid_in_by", [], "为空，无人可以注入资金"),
        ("compensation.waits", [], "任何损失都不予代偿"),
        ("eligibility.age_plus_term_max_years", 18, "小于最低年龄 18 岁加最短期限"),
        ("header.effective_from", "9999-12-31", "永不生效"),
        ("header.effective_from", "1899-12-31", "永不生效"),
        ("interest.repricing", {"frequency": "january_first"}, "利率既固定又重定价"),
        ("interest.rate_fixed", False, "未写明重定价"),
    ],
)
def test_what_is_surely_wrong_is_a_mistake(key: str, value: Any, said: str) -> None:
    with pytest.raises(PackRefused) as refused:
        pack_with(**{key.replace(".", "__"): value})
    assert [(each.key, said in each.message.zh) for each in refused.value.mistakes] == [(key, True)]


@pytest.mark.parametrize(("rate_max", "is_wrong"), [(None, False), ("24", False), ("24.01", True), ("0", True)])
def test_the_largest_rate_of_a_floating_contract_is_a_yearly_percentage(rate_max: str | None, is_wrong: bool) -> None:
    changes = {"interest__rate_fixed": False, "interest__repricing": {"frequency": "due_day", "rate_max": rate_max}}
    if not is_wrong:
        assert pack_with(**changes).loan_terms().repricing is not None
        return
    with pytest.raises(PackRefused) as refused:
        pack_with(**changes)
    assert [each.key for each in refused.value.mistakes] == ["interest.repricing"]


def test_a_clause_of_another_county_sets_no_value_here() -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(fengjie_text().replace("clause: FJ-10}", "clause: LG-10}", 1))
    assert "LG-10" in refused.value.mistakes[0].message.zh


@pytest.mark.parametrize(
    ("changes", "code", "key", "said"),
    [
        ({"repayment__penalty_multiplier": "1"}, "penalty-unusual", "repayment.penalty_multiplier", "1.3 至 1.5"),
        ({"repayment__penalty_multiplier": "1.29"}, "penalty-unusual", "repayment.penalty_multiplier", "1.29 倍"),
        ({"repayment__penalty_multiplier": "1.51"}, "penalty-unusual", "repayment.penalty_multiplier", "251号"),
        ({"repayment__penalty_multiplier": "3"}, "penalty-unusual", "repayment.penalty_multiplier", "3 倍"),
        ({"repayment__misuse_multiplier": "1.49"}, "misuse-penalty-unusual", "repayment.misuse_multiplier", "1.49 倍"),
        ({"repayment__misuse_multiplier": "2.01"}, "misuse-penalty-unusual", "repayment.misuse_multiplier", "251号"),
        ({"fund__initial_amount": "5000.00"}, "fund-very-small", "fund.initial_amount", "五千万请写"),
        (
            {"rating__valid_months": 12, "rating__recollect_months": 36},
            "rating-lapses",
            "rating.recollect_months",
            "只有效 12 个月",
        ),
        ({"lending__amount_min": "40000.00"}, "limit-below-smallest-loan", "lending.amount_min", "信用等级 C 的额度"),
        (
            {"lending__amount_max": "60000.00", "lending__household_cap": "60000.00"},
            "amount-above-every-limit",
            "lending.amount_max",
            "最高授信额度只有 50000.00 元",
        ),
        ({**WITH_GUARANTOR}, "guarantor-bears-nothing", "compensation.lender_shares", "PSBC 的分担比例中没有担保机构"),
        ({"fund__reservation_valid_days": 1}, "reservation-lapses", "fund.reservation_valid_days", "放款前失效"),
        ({"subsidy__stop_states": ALL_STATES}, "subsidy-never-paid", "subsidy.stop_states", "任何农户都得不到贴息"),
        ({"subsidy__fixed_rate": "50"}, "fixed-rate-unusual", "subsidy.fixed_rate", '5% 请写 "5"'),
        ({"subsidy__reviewer": "finance_bureau"}, "same-office", "subsidy.approver", "自行复核"),
        ({"subsidy__reviewer": "service_centre"}, "same-office", "subsidy.preparer", "自行复核"),
        (
            {"lending__term_months_max": 3, "lending__term_months_min": 1},
            "term-very-short",
            "lending.term_months_max",
            "三年请写 36",
        ),
        ({"interest__rate_margin": "10.5"}, "margin-unusual", "interest.rate_margin", "10.5 个百分点"),
        (
            {"interest__rate_basis": "LPR", "interest__rate_tenors": [{"up_to_months": 36, "column": "over_5y"}]},
            "rate-not-yet-published",
            "interest.rate_basis",
            "自 2019-08-20 起公布",
        ),
        ({"subsidy__settle_first": False}, "platform-acts-otherwise", "subsidy.settle_first", "一律先付息、后贴息"),
    ],
)
def test_what_is_unusual_is_asked_until_an_officer_answers(
    changes: dict[str, Any], code: str, key: str, said: str
) -> None:
    asked = pack_with(**changes)
    assert [(each.code, each.key, said in each.zh) for each in unanswered(asked)] == [(code, key, True)]
    assert [(each.key, code in each.zh, code in each.en) for each in unsigned(asked)] == [(key, True, True)]
    answer = {"question": code, "key": key, "answer": "文件第三条原文如此，已向起草部门核实。"}
    answered = pack_with(**changes, answers=[answer])
    assert list(unsigned(answered)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"repayment__penalty_multiplier": "1.3"},
        {"repayment__penalty_multiplier": "1.5"},
        {"repayment__misuse_multiplier": "2"},
        {"rating__gradient_multiplier": "1"},
        {"compensation__committee_approvals_required": 3},
        {"lending__term_months_max": 6, "lending__term_months_min": 1},
        {"fund__initial_amount": "50000.00"},  # ten of the largest loans
        {"rating__valid_months": 12, "rating__recollect_months": 12},
        {"interest__rate_margin": "10"},
        {"header__effective_from": "2200-12-31"},
    ],
)
def test_what_lies_on_the_bound_is_not_asked(changes: dict[str, Any]) -> None:
    assert list(unsigned(pack_with(**changes))) == []


def test_an_answer_to_nothing_is_removed() -> None:
    answer = {"question": "penalty-unusual", "key": "repayment.penalty_multiplier", "answer": "第八条原文如此。"}
    assert [(each.key, each.zh) for each in unsigned(pack_with(answers=[answer]))] == [
        ("answers[0]", "没有这个疑问，请删去")
    ]


def test_an_open_value_blocks_until_it_is_listed_and_the_list_says_no_more() -> None:
    data = parse(fengjie_text()).data
    data["lending"]["amount_max"] = {**ASSUMED, "open": True, "value": "50000.00"}
    data["header"]["source"]["zh"] = "待填写：本县文件名称"
    found = read_pack(json.dumps(data, default=str))
    assert open_values(found) == ("header.source", "lending.amount_max")
    assert [each.key for each in unsigned(found)] == ["header.source", "lending.amount_max"]
    listed = read_pack(json.dumps({**data, "left_open": ["header.source", "lending.amount_max"]}, default=str))
    assert list(unsigned(listed)) == []
    more = {**data, "left_open": ["header.source", "lending.amount_max", "lending.amount_min"]}
    [finding] = unsigned(read_pack(json.dumps(more, default=str)))
    assert (finding.key, finding.zh) == ("left_open", "lending.amount_min 并非未确认的值，请删去")


@pytest.mark.parametrize("said", TO_BE_CONFIRMED)
def test_a_value_whose_reason_still_asks_for_the_document_is_open(said: str) -> None:
    data = parse(fengjie_text()).data
    reason = f"Taken from elsewhere; {said}."
    data["lending"]["amount_max"] = {"assumed": True, "reason": reason, "value": "50000.00"}
    assert open_values(read_pack(json.dumps(data, default=str))) == ("lending.amount_max",)


def test_a_value_set_by_a_clause_is_not_open() -> None:
    with pytest.raises(PackRefused, match="one origin"):
        read_pack(fengjie_text().replace("clause: FJ-10}", "clause: FJ-10, open: true}", 1))


@pytest.mark.parametrize("path", sorted((PROJECT / "policy" / "packs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_pack_answers_its_questions_and_leaves_nothing_open(path: Any) -> None:
    pack = load_pack(path)
    assert list(unsigned(pack)) == []
    assert open_values(pack) == ()


def test_the_worked_pack_of_these_cases_is_asked_nothing() -> None:
    assert list(questions(fengjie())) == []
    assert fengjie().canonical_json() == pack_with().canonical_json()


@pytest.mark.parametrize(
    ("modes", "blocks"), [(["indirect"], True), (["indirect", "joint"], False), (["direct"], False)]
)
def test_a_county_that_lends_only_through_entities_after_the_ban_lends_to_nobody(
    modes: list[str], blocks: bool
) -> None:
    changes: dict[str, Any] = {"entities__modes": modes, "entities__enterprise_use_banned_after": "2017-02-28"}
    found = [each for each in blocking(_stored(**changes)) if each.key == "entities.modes"]
    assert bool(found) is blocks
    on_its_first_day: dict[str, Any] = {"entities__enterprise_use_banned_after": "2017-03-01"}
    assert not list(blocking(_stored(**changes | on_its_first_day)))


@pytest.mark.parametrize(("youngest", "shortest", "together", "blocks"), [(18, 12, 19, False), (18, 13, 19, True)])
def test_age_and_term_leave_room_for_the_youngest(youngest: int, shortest: int, together: int, blocks: bool) -> None:
    changes = {"eligibility__age_min_years": youngest, "lending__term_months_min": shortest}
    pack = _stored(**changes, eligibility__age_plus_term_max_years=together)
    assert [each.key for each in blocking(pack)] == ["eligibility.age_plus_term_max_years"] * blocks


def test_a_product_that_the_fund_does_not_cover_names_no_causes() -> None:
    assert not list(blocking(_stored(compensation__waits=[], lending__covered_by_fund=False)))


def _stored(**changes: Any) -> PolicyPack:
    """Return a pack as it is read once it is confirmed: what blocks it is not asked again."""
    return PolicyPack.model_validate(json.loads(text_with(**changes)))


def test_a_product_that_the_credit_limit_does_not_bind_may_lend_more() -> None:
    larger: dict[str, Any] = {"lending__amount_max": "60000.00", "lending__household_cap": "60000.00"}
    warned = [{"condition": "amount-above-credit-limit", "consequence": "warned"}]
    asked = [each.code for each in questions(_stored(**larger, eligibility__consequences=warned))]
    assert "amount-above-every-limit" not in asked
