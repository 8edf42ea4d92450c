"""Two versions of a pack are compared in words that an officer can read."""

from datetime import date

from shared.policy.difference import diff
from shared.policy.load import read_pack
from tests.policy.fengjie import changed, fengjie
from tools.packs.draft import Draft, draft_text


def test_says_nothing_about_equal_packs() -> None:
    assert diff(fengjie(), fengjie()) == ()


def test_says_old_value_new_value_and_origin_in_both_languages() -> None:
    new = read_pack(
        changed('amount_max: {value: "50000.00", clause: FJ-10}', 'amount_max: {value: "45000.00", clause: FJ-8}')
    )
    (change,) = diff(fengjie(), new)
    assert change.key == "lending.amount_max"
    assert change.zh == "lending.amount_max：“单笔最高金额”由 50000.00 改为 45000.00（依据 FJ-8）。"
    assert change.en == "lending.amount_max: “largest loan, CNY” changed from 50000.00 to 45000.00 (FJ-8)."


def test_says_which_row_of_a_list_changed() -> None:
    new = read_pack(changed('{code: C, credit_limit: "30000.00"}', '{code: C, credit_limit: "20000.00"}'))
    (change,) = diff(fengjie(), new)
    assert "credit_limit of C from 30000.00 to 20000.00" in change.en
    assert "C 的 credit_limit 由 30000.00 改为 20000.00" in change.zh


def test_says_which_rows_came_and_went() -> None:
    new = read_pack(
        changed("{code: real_estate, zh: 房地产开发, en: real estate}", "{code: gambling, zh: 赌博, en: gambling}")
    )
    (change,) = diff(fengjie(), new)
    assert "added code gambling, zh 赌博, en gambling" in change.en
    assert "removed real_estate" in change.en


def test_says_when_a_value_rests_on_another_clause() -> None:
    new = read_pack(
        changed("evidence_per_month: {value: 2, clause: FJ-15}", "evidence_per_month: {value: 2, clause: FJ-5}")
    )
    (change,) = diff(fengjie(), new)
    assert "now rests on FJ-5, not FJ-15" in change.en


def test_a_version_made_from_the_own_pack_counts_what_only_rests_on_something_else() -> None:
    draft = Draft("fengjie", fengjie().header.regions, "奉节县", "Fengjie county", date(2026, 1, 1))
    changes = {change.key: change for change in diff(fengjie(), read_pack(draft_text(fengjie(), draft)))}
    assert not any("is unchanged but" in change.en for change in changes.values())
    assert "项取值不变，仅依据或理由不同（eligibility 11、" in changes["origins"].zh
    assert "more values are unchanged and rest on another clause or reason (eligibility 11, " in changes["origins"].en


def test_says_what_was_added_and_removed() -> None:
    legacy = read_pack(changed("  evidence_per_month: {value: 2, clause: FJ-15}\n", ""))
    (added,), (removed,) = diff(legacy, fengjie()), diff(fengjie(), legacy)
    assert "added “photos or videos a month”, 2 (FJ-15)" in added.en
    assert "取消“每月影像上传次数”" in removed.zh


def test_says_when_a_whole_section_goes() -> None:
    text = changed("\ninsurance:\n", "\n# insurance:\n")
    start = text.index("# insurance:")
    end = text.index("\nlinkage:")
    without = text[:start] + text[end:]
    assert [change.key for change in diff(fengjie(), read_pack(without))] == [
        "insurance.products",
        "insurance.answer_working_days",
    ]


def test_says_what_changed_in_the_header_but_not_that_the_version_rose() -> None:
    text = changed("version: 1\n", "version: 2\n  supersedes: 1\n")
    (change,) = diff(fengjie(), read_pack(text.replace("effective_from: 2017-03-01", "effective_from: 2018-01-01")))
    assert change.en == "header.effective_from: “first day on which it holds” changed from 2017-03-01 to 2018-01-01."


def test_says_which_worked_examples_changed_came_and_went() -> None:
    name = "en: The four kinds of persons may not borrow"
    renamed = diff(fengjie(), read_pack(changed(name, "en: No loan for the four kinds of persons")))
    assert [change.en for change in renamed] == [
        "examples: added “No loan for the four kinds of persons”.",
        "examples: removed “The four kinds of persons may not borrow”.",
    ]
    (changed_one,) = diff(fengjie(), read_pack(changed('deposit: "300.00"', 'deposit: "300.01"')))
    assert changed_one.zh == "算例：修改“三万元按百分之一缴保证金”。"
