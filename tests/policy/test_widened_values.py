"""Values that only some counties' documents have: in one of them a worked example depends on each."""

from pathlib import Path

import pytest

from shared.policy.leaves import leaves
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.perturbed import perturbed
from tests.policy.fengjie import PROJECT
from tools.packs.check import try_examples

PACKS = PROJECT / "policy" / "packs"
ELSEWHERE = PROJECT / "tests" / "journeys"
SHOWN = (
    ("dengzhou", "eligibility.state_words"),
    ("jingning", "eligibility.state_words"),
    ("jingning", "eligibility.income_per_head_max"),
    ("jingning", "eligibility.project_stages"),
    ("jingning", "lending.securities"),
    ("dengzhou", "compensation.guarantor_share"),
    ("zhijin", "lending.covered_by_fund"),
    ("lingui", "compensation.waits"),
    ("shouning/pack", "eligibility.consequences"),
    ("shouning/pack", "subsidy.fixed_rate"),
)


def pack_file(name: str) -> Path:
    return (ELSEWHERE if "/" in name else PACKS) / f"{name}.yaml"


@pytest.mark.parametrize(("name", "key"), SHOWN)
def test_an_example_depends_on_the_value(name: str, key: str) -> None:
    pack = load_pack(pack_file(name))
    places = [leaf for leaf in leaves(pack) if leaf.key == key]
    others = [other for leaf in places for other in perturbed(pack, leaf)]
    assert others
    assert any(failed(other) for other in others)


def failed(pack: object) -> bool:
    try:
        return not all(each.passed for each in try_examples(pack))  # type: ignore[arg-type]
    except (LookupError, ValueError, TypeError, ArithmeticError, RuntimeError):
        return False


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("state_word: 边缘户, state: marginal", "state 与 state_word 请只保留一个"),
        ("state_word: 贫困户", "贫困户 不是本政策包的户类型名称 state_words；已知的有：脱贫户、监测对象"),
    ],
)
def test_a_word_of_an_example_is_one_of_the_county(written: str, said: str) -> None:
    text = pack_file("dengzhou").read_text(encoding="utf-8")
    with pytest.raises(PackRefused) as refused:
        read_pack(text.replace("state_word: 边缘户", written))
    assert [said in each.message.zh for each in refused.value.mistakes] == [True]
