"""A pack by which nobody could take a step is refused by the check: its key, the office, and which offices could."""

from pathlib import Path

import pytest
from rich.console import Console

from shared.offices import Step, could_take, offices_of
from shared.policy.load import load_pack
from tools.packs.check import check_file

PACKS = Path(__file__).parents[2] / "policy" / "packs"
FENGJIE = (PACKS / "fengjie.yaml").read_text(encoding="utf-8")


def checked(tmp_path: Path, old: str, new: str) -> tuple[bool, str]:
    """Return whether Fengjie's pack with one part replaced passes the check, and what the check says."""
    assert FENGJIE.count(old) == 1, old
    path = tmp_path / "fengjie.yaml"
    path.write_text(FENGJIE.replace(old, new), encoding="utf-8")
    console = Console(record=True, width=200)
    return check_file(path, console), console.export_text()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "{level: county_centre, signers: [service_centre]}",
            "{level: county_centre, signers: [auditor]}",
            ("approval.steps", "审计（auditor）不能办理县级审核", "auditor cannot take the county's review",
             "service_centre, poverty_office"),
        ),
        (
            "- {level: county, offices: [service_centre]}",
            "- {level: county, offices: [village]}",
            ("public_notice.offices", "村（village）不能办理县级公示", "village cannot take"),
        ),
        (
            "- {level: county, offices: [service_centre]}",
            "- {level: township, offices: [township]}",
            ("public_notice.offices", "乡镇级写了两次", "names the level township twice"),
        ),
        (
            "\npurposes:\n",
            "\n  consequences:\n    value: [{condition: not-rated, consequence: with_approval, office: insurer, "
            "working_days: 5}]\n    assumed: true\n    reason: Nothing is said of it.\n\npurposes:\n",
            ("eligibility.consequences", "保险公司（insurer）不能办理不符合条件贷款的批准",
             "insurer cannot take approval of a loan that misses a condition", "finance_bureau"),
        ),
    ],
)  # fmt: skip
def test_a_step_that_nobody_could_take_fails_the_check(
    tmp_path: Path, old: str, new: str, said: tuple[str, ...]
) -> None:
    passed, text = checked(tmp_path, old, new)
    assert not passed
    shown = "".join(text.split())
    assert [each for each in said if "".join(each.split()) not in shown] == []


def test_a_step_of_a_further_product_that_nobody_could_take_fails_the_check(tmp_path: Path) -> None:
    product = """
products:
  - code: farm
    name: {zh: 农户贷款, en: Farm loan}
    approval:
      handed_over_by: {value: [village], assumed: true, reason: Set by the test.}

examples:
"""
    passed, text = checked(tmp_path, "\nexamples:\n", product)
    assert not passed
    shown = "".join(text.split())
    for each in ("products[0].approval.handed_over_by", "村（village）不能办理", "village cannot take"):
        assert "".join(each.split()) in shown


def test_offices_that_every_product_shares_are_not_written_for_one_product(tmp_path: Path) -> None:
    product = """
products:
  - code: farm
    name: {zh: 农户贷款, en: Farm loan}
    subsidy:
      preparer: {value: poverty_office, assumed: true, reason: Set by the test.}

examples:
"""
    passed, text = checked(tmp_path, "\nexamples:\n", product)
    assert not passed
    assert "products[0].subsidy.preparer" in "".join(text.split())


@pytest.mark.parametrize("path", sorted(PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_county_names_for_each_of_its_steps_an_office_that_can_take_it(path: Path) -> None:
    pack = load_pack(path)
    for step in Step:
        named = offices_of(pack, step)
        assert named is None or set(named) & set(could_take(step)), step
    always = set(Step) - {Step.VILLAGE_CHECK, Step.TOWNSHIP_REVIEW, Step.COUNTY_REVIEW, Step.JOINT_REVIEW}
    left_out = {step for step in always if offices_of(pack, step) is None}
    without_entities = set() if pack.linkage else {Step.AGREEMENT_CONFIRMATION, Step.DIVIDEND_APPROVAL}
    no_such_step = {Step.COUNTY_NOTICE, Step.CONDITION_APPROVAL, *without_entities}
    assert left_out <= no_such_step, "only where the county has no such step"
