"""Every mistake in a pack is named with its line, its key and what to do."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.credit.rating.rules.limit_growth import next_limit
from services.registry.credit.rating.rules.scoring import credit_limit_of
from shared.policy.bounds import DaysBound
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import BoundWord
from shared.policy.yaml_source import LARGEST_FILE_CHARACTERS, Mistake, key_path, path_of
from tests.policy.fengjie import FENGJIE, changed, fengjie, fengjie_text, line_of

AMOUNT_MAX = 'amount_max: {value: "50000.00", clause: FJ-10}'
# Punctuation of Western text beside a Chinese character.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:()?!]|[,;:()?!][\u4e00-\u9fff]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
REASON = "not said anywhere"
SETTLE_FIRST = "settle_first: {value: true, clause: FJ-11}"


def mistakes_of(text: str) -> tuple[Mistake, ...]:
    with pytest.raises(PackRefused) as refused:
        read_pack(text, "draft.yaml")
    return refused.value.mistakes


def assert_in_chinese(mistake: Mistake) -> None:
    for sentence in (mistake.message, mistake.remedy):
        assert CHINESE.search(sentence.zh), sentence
        assert not HALF_WIDTH.search(sentence.zh), sentence
        assert not CHINESE.search(sentence.en), sentence
        assert not sentence.zh.endswith("。"), sentence
        assert not sentence.en.endswith("."), sentence


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        # keys
        (AMOUNT_MAX, f"{AMOUNT_MAX}\n  amount_maximum: 3", "lending.amount_maximum", "write `amount_max`"),
        (AMOUNT_MAX, f"{AMOUNT_MAX}\n  share: 3", "lending.share", "belongs under `subsidy`"),
        (AMOUNT_MAX, f"{AMOUNT_MAX}\n  {AMOUNT_MAX}", "lending.amount_max", "written twice"),
        (
            "{code: A, credit_limit:",
            "{code: A, colour: red, credit_limit:",
            "rating.grade_limits.value[0].colour",
            "not a key",
        ),
        # numbers
        (AMOUNT_MAX, "amount_max: {value: 5e4, clause: FJ-10}", "lending.amount_max.value", "decimal string"),
        (AMOUNT_MAX, "amount_max: {value: 5.0, clause: FJ-10}", "lending.amount_max.value", 'in quotes: "5.0"'),
        (AMOUNT_MAX, "amount_max: {value: 50000, clause: FJ-10}", "lending.amount_max.value", "decimal string"),
        (AMOUNT_MAX, 'amount_max: {value: "-1.00", clause: FJ-10}', "lending.amount_max.value", "decimal string"),
        ('points: "25"', "points: 25.0", "rating.indicators.value[1].steps[4].points", "floating-point"),
        ("version: 1", "version: 010", "header.version", "plain digits"),
        # origins
        (AMOUNT_MAX, 'amount_max: {value: "50000.00"}', "lending.amount_max", "where the value comes from"),
        (AMOUNT_MAX, 'amount_max: "50000.00"', "lending.amount_max", "{value: …, clause: …}"),
        (AMOUNT_MAX, 'amount_max: {value: "50000.00", clause: FJ10}', "lending.amount_max.clause[0]", "FJ-10, FJ-9a"),
        (AMOUNT_MAX, 'amount_max: {value: "50000.00", assumed: true}', "lending.amount_max", "`reason`"),
        (AMOUNT_MAX, f"{AMOUNT_MAX[:-1]}, assumed: true, reason: {REASON}}}", "lending.amount_max", "one origin"),
        (AMOUNT_MAX, f"{AMOUNT_MAX[:-1]}, after: LG-2}}", "lending.amount_max", "one origin"),
        (AMOUNT_MAX, f"{AMOUNT_MAX[:-1]}, assumed: false}}", "lending.amount_max.assumed", "is true, or"),
        # kinds of values
        (SETTLE_FIRST, "settle_first: {value: yes, clause: FJ-11}", "subsidy.settle_first.value", "true or false"),
        (SETTLE_FIRST, "settle_first: {value: 1, clause: FJ-11}", "subsidy.settle_first.value", "true or false"),
        ("ACT/360", "ACT/364", "interest.day_count.value", "ACT/365"),
        ("effective_from: 2017-03-01", "effective_from: 2017-02-30", "header.effective_from", "day of the calendar"),
        ('regions: ["500236"]', 'regions: ["50023"]', "header.regions[0]", "12 digits"),
        ('regions: ["500236"]', "regions: []", "header.regions", "at least one"),
        ('regions: ["500236"]', 'regions: ["500236", "500236001"]', "header.regions", "500236001 lies within 500236"),
        ('regions: ["500236"]', 'regions: ["500236", "500236"]', "header.regions", "keep one of them"),
        ("version: 1\n", "version: 1\n  supersedes: 1\n", "header.supersedes", "not earlier"),
        ('regions: ["500236"]', "regions: [500236]", "header.regions[0]", "in quotes"),
    ],
)
def test_names_line_key_and_remedy_of_a_mistake(old: str, new: str, key: str, said: str) -> None:
    text = changed(old, new)
    lines = {line_of(text, new) + offset for offset in range(new.count("\n") + 1)}
    first = mistakes_of(text)[0]
    assert first.key == key
    assert said in f"{first.message.en} {first.remedy.en}"
    assert_in_chinese(first)
    assert first.line in lines


def test_names_a_missing_key_at_the_section_it_belongs_to() -> None:
    text = changed(f"  {AMOUNT_MAX}\n", "")
    (missing,) = mistakes_of(text)
    assert (missing.key, missing.message.en) == ("lending.amount_max", "is missing")
    assert missing.line == line_of(text, "lending:\n")


def test_names_every_mistake_in_the_order_of_the_lines() -> None:
    text = changed(AMOUNT_MAX, "amount_max: {value: 50000, clause: FJ-10}").replace("ACT/360", "ACT/364")
    assert [mistake.key for mistake in mistakes_of(text)] == ["lending.amount_max.value", "interest.day_count.value"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('{code: A, score_min: "80"}', '{code: A, score_min: "60"}', "rating.grade_bands"),
        ('{code: A, credit_limit: "50000.00"}', '{code: A, credit_limit: "35000.00"}', "rating.grade_limits"),
        ('{code: A, credit_limit: "50000.00"}', '{code: A, credit_limit: "60000.00"}', "rating.grade_limits"),
        ('points: "25"', 'points: "26"', "rating.indicators"),
        ("per: income_annual", "per: harvest", "rating.indicators"),
        ("value: [C, B, A]", "value: [A, B, C]", "rating.promotion_path"),
        ("value: [C, B, A]", "value: [C, AA]", "rating.promotion_path"),
        ("      - {level: bank, signers: [bank]}\n", "", "approval.steps"),
        ("{level: township, signers: [township]}", "{level: township, signers: []}", "approval.steps"),
        ('bank_share:\n    value: "0.20"', 'bank_share:\n    value: "0.30"', "compensation.fund_share"),
        ("up_to_months: 60", "up_to_months: 24", "interest.rate_tenors"),
        ("rate_basis: {value: PBOC_BENCHMARK", "rate_basis: {value: LPR", "interest.rate_tenors"),
        ("age_max_years: {value: 65", "age_max_years: {value: 17", "eligibility.age_max_years"),
        ("industry: mixed}", "industry: fishing}", "purposes.allowed"),
        ("{value: {month: 12, day: 20}", "{value: {month: 13, day: 20}", "interest.settlement_day"),
        ("value: [penalty, interest, principal]", "value: [interest, principal]", "repayment.allocation_order"),
        (
            "  class_bands:",
            '  tolerance: {value: "1.01", assumed: true, reason: Silent; a yuan and a fen.}\n  class_bands:',
            "repayment.tolerance",
        ),
        ("_period_months: {value: 12", "_period_months: {value: 5", "interest.settlement_period_months"),
        ('multiplier: {value: "10"', 'multiplier: {value: "0"', "fund.multiplier"),
        ("approver:\n    value: finance_bureau", "approver:\n    value: service_centre", "subsidy.approver"),
        ('{amount_min: "30000.00", rate', '{amount_min: "20000.00", rate', "deposit.bands"),
        ("{days_overdue_min: 91,", "{days_overdue_min: 1,", "repayment.class_bands"),
        ("loan_class: substandard}", "loan_class: normal}", "repayment.class_bands"),
        ("{days_before: 60,", "{days_before: 20,", "follow_up.reminders"),
    ],
)
def test_refuses_values_that_cannot_be_true_together(old: str, new: str, key: str) -> None:
    text = changed(old, new)
    found = mistakes_of(text)
    for mistake in found:
        assert_in_chinese(mistake)
    assert key in [mistake.key for mistake in found]
    section, _, name = key.partition(".")
    before_key = text[: text.index(f"\n  {name}:", text.index(f"\n{section}:\n"))]
    assert before_key.count("\n") + 2 in [mistake.line for mistake in found]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("a: [1, 2", "not YAML"),
        ("a: &x [1]\nb: *x\n", "refers to another place"),
        ("a: !!python/object:os.system {}\n", "missing"),
        ("a: 2017-01-01 10:00:00\n", "an instant"),
        ("[" * 900_000, "nested too deeply"),
        ("a: " + "[" * 50 + "]" * 50, "nested too deeply"),
        ("x" * (LARGEST_FILE_CHARACTERS + 1), "characters"),
        ("- 1\n", "keys with their values"),
        ("just words\n", "keys with their values"),
    ],
)
def test_refuses_text_that_is_no_pack_at_all(text: str, said: str) -> None:
    found = mistakes_of(text)
    assert said in " ".join(str(mistake) for mistake in found)
    for mistake in found:
        assert_in_chinese(mistake)


def test_the_refusal_carries_every_mistake_for_the_officer() -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(changed("ACT/360", "ACT/364"), "draft.yaml")
    assert refused.value.code == "policy-pack-invalid"
    assert "draft.yaml has 1 mistake" in refused.value.detail
    assert refused.value.values["mistakes"][0]["key"] == "interest.day_count.value"


def test_a_pack_survives_json_unchanged() -> None:
    pack = load_pack(FENGJIE)
    by_event = PolicyPack.model_validate(pack.model_dump(mode="json"))
    by_text = read_pack(pack.canonical_json())
    assert pack == by_event
    assert pack.rules() == by_text == PolicyPack.model_validate(json.loads(pack.canonical_json()))
    assert pack.rules() == PolicyPack.model_validate(pack.content())
    assert pack.content_hash() == by_event.content_hash() == by_text.content_hash()


def test_the_hash_ignores_layout_and_sees_every_value(tmp_path: Path) -> None:
    shuffled = tmp_path / "same.yaml"
    shuffled.write_text(json.dumps(dict(reversed(json.loads(fengjie().canonical_json()).items()))), encoding="utf-8")
    assert load_pack(shuffled).content_hash() == fengjie().content_hash()
    assert read_pack(changed("ACT/360", "ACT/365")).content_hash() != fengjie().content_hash()
    assert read_pack("# a remark\n" + fengjie_text()).content_hash() == fengjie().content_hash()


@given(st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True) | st.integers(0, 99), min_size=1))
def test_a_key_as_people_write_it_leads_back_to_its_place(parts: list[str | int]) -> None:
    path = ("examples", *parts)
    assert path_of(key_path(path)) == path


def test_the_hash_is_of_the_rules_and_another_one_of_the_examples() -> None:
    other = read_pack(changed('{deposit: "300.00"}', '{deposit: "300.01"}'))
    assert other.content_hash() == fengjie().content_hash() == fengjie().rules().content_hash()
    assert other.examples_hash() != fengjie().examples_hash() != fengjie().rules().examples_hash()


def test_a_pack_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(fengjie().lending.amount_max, "value", fengjie().lending.amount_min.value)  # noqa: B010


def test_two_grades_may_have_one_credit_limit_and_promotion_goes_by_the_grade() -> None:
    pack = read_pack(changed('{code: B, credit_limit: "40000.00"}', '{code: B, credit_limit: "50000.00"}'))
    scheme = pack.rating_scheme()
    assert [credit_limit_of(code, scheme) for code in ("A", "B", "C")] == [50000, 50000, 30000]
    promoted = next_limit("C", Decimal("30000.00"), Decimal("30000.00"), scheme)
    assert (promoted.grade, promoted.credit_limit) == ("B", Decimal(50000))
    again = next_limit("B", Decimal("50000.00"), Decimal("50000.00"), scheme)
    assert (again.grade, again.credit_limit) == ("A", Decimal(50000))
    with pytest.raises(PackRefused, match=r"rating\.promotion_path"):
        read_pack(
            changed('{code: B, credit_limit: "40000.00"}', '{code: B, credit_limit: "50000.00"}').replace(
                "value: [C, B, A]", "value: [C, A, B]"
            )
        )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1, 2\nb: 3", "方括号或花括号没有配对"),
        ("a: {b: 1", "方括号或花括号没有配对"),
        ("a:\n\t- b", "制表符（Tab）请改为空格"),
        ("@a: 1", "制表符（Tab）请改为空格"),
        ("a: 'x", "引号没有配对"),
        ('a: "\\q"', "反斜杠写法不对"),
        ("a: b: c", "文本中有冒号时请加引号"),
        ("- a\nb", "缺少冒号"),
        ("a: 1\n b: 2\n", "文本中有冒号时请加引号"),
        ("a:\n  - b\n c: 1\n", "缩进"),
        ("%YAML", "以 % 开头的行"),
        ("a: 1\n---\nb: 2", "一个文件中有多份内容"),
        ("a: \x00", "控制字符"),
    ],
)
def test_a_text_that_is_no_yaml_is_explained_without_the_librarys_sentence(text: str, said: str) -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(text)
    [mistake] = refused.value.mistakes
    assert mistake.message.zh.startswith("不是有效的 YAML：")
    assert said in mistake.message.zh
    assert not re.search(r"expected|found|could not|allowed in this", mistake.message.zh + mistake.message.en)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("单笔最高金额", "键须用英文：“单笔最高金额”请写 lending.amount_max"),
        ("单笔最高额", "请写 lending.amount_max"),
        ("某某", "键须用英文；所有的键见 docs/policy-packs.md"),
    ],
)
def test_a_key_in_chinese_is_answered_with_the_key_it_stands_for(key: str, said: str) -> None:
    text = changed("\n  amount_min:", f'\n  {key}: {{value: "1.00", clause: FJ-10}}\n  amount_min:')
    with pytest.raises(PackRefused) as refused:
        read_pack(text)
    [mistake] = refused.value.mistakes
    assert said in mistake.remedy.zh


def test_a_comma_that_splits_a_text_is_named_where_there_is_one() -> None:
    with pytest.raises(PackRefused) as refused:
        read_pack(changed("{zh: 奉节县, en: Fengjie county}", "{zh: 奉节县, 重庆, en: Fengjie county}"))
    assert [mistake.remedy.zh for mistake in refused.value.mistakes] == [
        "花括号内的逗号会把文本拆开，请给整段文本加引号"
    ]


DAYS_LATE = "  dishonesty_after_days_late:\n    value: 1\n"


@pytest.mark.parametrize(
    ("written", "bound"),
    [
        ("30", DaysBound(30, BoundWord.REACHES)),
        ("{days: 30, word: reaches}", DaysBound(30, BoundWord.REACHES)),
        ("{days: 30, word: exceeds}", DaysBound(30, BoundWord.EXCEEDS)),
    ],
)
def test_a_bound_is_written_as_its_amount_or_with_its_wording(written: str, bound: DaysBound) -> None:
    pack = read_pack(changed(DAYS_LATE, DAYS_LATE.replace("value: 1", f"value: {written}")))
    assert pack.list_rule().dishonesty_after_days_late == bound
    again = PolicyPack.model_validate(pack.content())
    assert again.list_rule().dishonesty_after_days_late == bound
    assert again.content_hash() == pack.content_hash()


@pytest.mark.parametrize(
    "written", ['"30"', "true", "{days: 30}", "{days: 30, word: about}", "-1", "{days: 30, of: 1}"]
)
def test_a_bound_that_is_none_is_named(written: str) -> None:
    named = {each.key for each in mistakes_of(changed(DAYS_LATE, DAYS_LATE.replace("value: 1", f"value: {written}")))}
    assert all(key.startswith("lists.dishonesty_after_days_late") for key in named)
    assert named


def test_a_plain_bound_is_kept_as_it_was_written() -> None:
    leaf = fengjie().content()["lists"]["dishonesty_after_days_late"]
    assert leaf["value"] == 1
