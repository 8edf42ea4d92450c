"""`python -m tools.packs`: what an officer sees, and what the exit code says."""

from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from shared.policy.examples import KINDS
from shared.policy.load import load_pack
from shared.policy.overlays import SECTIONS, ProductPart
from shared.policy.pack import Header, PolicyPack
from shared.policy.signing import open_values
from shared.policy.sourced import Section
from tests.policy.fengjie import FENGJIE, PROJECT, changed, fengjie, fengjie_text, line_of
from tools.packs.__main__ import main
from tools.packs.check import check_file


def checked(path: Path, why: bool = False) -> tuple[bool, str]:
    """Return whether the file is right, and what is printed about it on a wide terminal."""
    console = Console(width=200, highlight=False, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as said:
        right = check_file(path, console, why=why)
    return right, said.get()


def written(folder: Path, text: str) -> Path:
    path = folder / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_right_pack_shows_every_example_and_where_its_values_come_from() -> None:
    right, said = checked(FENGJIE)
    assert right
    assert "奉节县 Fengjie county · 500236 奉节县 · 版本 version 1 · 2017-03-01" in said
    for example in fengjie().examples:
        assert example.name.zh in said
        assert example.name.en in said
    assert "missing: 2500000.00" in said
    assert f"算例 worked examples: {len(fengjie().examples)} / {len(fengjie().examples)} 通过 passed" in said
    assert "项按条款 set by clause" in said
    assert "未用条款 clauses of the same document not used: FJ-4a, FJ-5, FJ-16" in said


def test_a_failed_example_shows_line_expected_found_and_why(tmp_path: Path) -> None:
    text = changed('expect: {grade: B, credit_limit: "40000.00"}\n', 'expect: {grade: B, credit_limit: "36000.00"}\n')
    right, said = checked(written(tmp_path, text))
    assert not right
    assert "credit_limit: 预期 expected 36000.00, 结果 found 40000.00" in said
    assert f"✗ 第 {line_of(text, '- name: {zh: 按时还款C级升B级')} 行 line" in said
    assert "path C → B → A, multiplier 1.20" in said
    assert "✗ 算例 worked examples: 19 / 20 通过 passed" in said


def test_every_derivation_is_shown_when_asked_for() -> None:
    _, said = checked(FENGJIE, why=True)
    assert "Household assets (CNY): 60000, 50000 → 12 of 15 points" in said
    assert "2017-12-20: 294 days, interest 1939.58, principal 0.00." in said


def test_mistakes_show_line_key_clause_and_remedy(tmp_path: Path) -> None:
    text = changed('amount_max: {value: "50000.00", clause: FJ-10}', "amount_max: {value: 50000, clause: FJ-10}")
    path = written(tmp_path, text.replace("  settle_first:", "  household_cap: 1\n  settle_first:"))
    right, said = checked(path)
    assert not right
    [row] = [line for line in said.splitlines() if "lending.amount_max.value" in line]
    assert row.split()[:3] == [str(line_of(text, "amount_max: {value: 50000,")), "lending.amount_max.value", "FJ-10"]
    assert "`household_cap` belongs under `lending`" in said
    assert "2 mistake(s)" in said


@pytest.mark.parametrize(("text", "code"), [(fengjie_text(), 0), ("header: {}\n", 1), (None, 2)])
def test_the_exit_code_says_whether_all_is_right(tmp_path: Path, text: str | None, code: int) -> None:
    path = tmp_path / "missing.yaml" if text is None else written(tmp_path, text)
    assert main(["check", str(path)]) == code


def test_a_file_that_is_missing_or_no_utf_8_is_named_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "saved.yaml"
    saved.write_bytes("header: {name: 邓州市}".encode("gb18030"))
    for path, words in ((tmp_path / "nothing.yaml", "找不到文件"), (saved, "请另存为UTF-8")):
        assert main(["check", str(path)]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert "check its path" in said or "save it as UTF-8" in said


def test_new_writes_a_draft_whose_values_are_all_open(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "miaoshan-draft.yaml"
    asked = ["--from", "fengjie", "--county", "miaoshan-draft", "--region", "371322109", "--name-en", "Miaoshan"]
    assert main(["new", *asked, "--effective-from", "2026-12-01", "--out", str(path)]) == 0
    capsys.readouterr()
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert "· lending.amount_max 单笔最高金额" in said
    assert "· header.source" in said
    pack, text = load_pack(path), path.read_text(encoding="utf-8")
    assert f"草稿值 draft values: {len(open_values(pack))}" in said
    assert (pack.header.name.zh, pack.header.name.en) == ("庙山镇", "Miaoshan")
    assert (pack.header.version, pack.header.effective_from) == (1, date(2026, 12, 1))
    largest = pack.lending.amount_max
    assert (largest.value, largest.assumed, largest.after) == (fengjie().lending.amount_max.value, True, ("FJ-10",))
    assert largest.reason == (
        "取自奉节县，请按本县文件确认。 Taken from Fengjie county; confirm it with your document."
    )
    assert "# 单笔最高金额 largest loan, CNY" in text
    assert "# age_plus_term_max_years:" in text, "what the county does without is offered as a comment"
    assert main(["new", *asked, "--out", str(path)]) == 2, "a file is never written over"
    said = capsys.readouterr().err
    assert "已存在" in said
    assert "exists already" in said


def test_a_draft_claims_no_clause_of_the_county_it_is_taken_from(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    asked = ["--from", "lingui", "--county", "other", "--region", "371322109", "--name-en", "Draft"]
    assert main(["new", *asked, "--effective-from", "2026-12-01", "--out", str(path)]) == 0
    waits = load_pack(path).compensation.waits
    assert {wait.clause for wait in waits.value} == {None}
    assert waits.after == ("LG-21a", "LG-20b")


def test_a_draft_passes_once_its_values_are_confirmed_or_listed(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    asked = ["--from", "fengjie", "--county", "other", "--region", "371322109", "--name-en", "Draft"]
    assert main(["new", *asked, "--effective-from", "2026-12-01", "--out", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    listed = f"{text}\nleft_open: [{', '.join(open_values(load_pack(path)))}]\n"
    right, said = checked(written(tmp_path, listed))
    assert right
    assert f"未确认的值，须两人签字 left open, two officers sign: {len(open_values(load_pack(path)))}: header." in said


def test_a_region_that_no_list_has_is_named(tmp_path: Path) -> None:
    right, said = checked(written(tmp_path, changed('regions: ["500236"]', 'regions: ["500299"]')))
    assert not right
    assert "没有代码为 500299 的有效区划" in said


def test_a_command_that_is_written_wrongly_is_said_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["new", "--from", "fengjie"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "命令写法有误" in said
    assert "--county" in said


@pytest.mark.parametrize(
    ("county", "region", "said"),
    [("Bad Code", "500237", "header.code"), ("good", "12345", "header.regions"), ("good", "x", "header.regions")],
)
def test_new_refuses_codes_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], county: str, region: str, said: str
) -> None:
    out = tmp_path / "out.yaml"
    assert main(["new", "--from", "fengjie", "--county", county, "--region", region, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_diff_says_what_changed_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = written(tmp_path, changed('amount_max: {value: "50000.00"', 'amount_max: {value: "45000.00"'))
    assert main(["diff", str(FENGJIE), str(new)]) == 0
    said = capsys.readouterr().out
    assert "“单笔最高金额”由 50000.00 改为 45000.00" in said
    assert "1 difference(s)" in said


def test_schema_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    assert main(["schema", "--out", str(tmp_path)]) == 0
    for name in ("pack.schema.json", "based-pack.schema.json", "base.schema.json"):
        written = (PROJECT / "policy" / name).read_text(encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8") == written, name


def test_every_target_is_in_the_makefile() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in ("pack-check", "pack-new", "pack-schema", "pack-diff"):
        assert f"\n{target}: $(SETUP) ## " in makefile


def test_the_guide_names_every_key_of_a_pack_and_of_its_examples() -> None:
    guide = (PROJECT / "docs" / "policy-packs.md").read_text(encoding="utf-8")
    for name in PolicyPack.model_fields:
        assert name in guide, name
    models: dict[str, type[Section]] = {"header": Header, "products": ProductPart, **SECTIONS}
    for name, model in models.items():
        for key in model.model_fields:
            assert f"`{key}`" in guide or f"`{key}:" in guide, f"{name}.{key}"
    for kind, example in KINDS.items():
        assert f"| `{kind}` " in guide
        for key in example.model_fields:
            assert f"`{key}`" in guide


def test_a_draft_in_the_province_of_its_source_rests_on_the_same_base(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "hequ.yaml", tmp_path / "other.yaml"
    asked = ["new", "--from", "kelan", "--county", "hequ", "--effective-from", "2021-07-01"]
    assert main([*asked, "--region", "140930", "--out", str(path)]) == 0
    assert main([*asked, "--region", "500237", "--out", str(elsewhere)]) == 0
    text = path.read_text(encoding="utf-8")
    pack = load_pack(path)
    assert pack.based_on is not None
    assert (pack.based_on.code, pack.based_on.version) == ("shanxi", 1)
    assert pack.eligibility.eligible_states.layer == "shanxi"
    assert "# eligible_states: 可贷户类型 states that may borrow; 省级基础已写明 said by the base" in text
    assert not [each for each in text.splitlines() if each.startswith("  - {id: SX-")]
    assert load_pack(elsewhere).based_on is None, "another province has other rules"
    assert len(open_values(pack)) < len(open_values(load_pack(elsewhere)))
