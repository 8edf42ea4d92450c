"""Every refusal of the registry is worded in Chinese and in English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.registry.credit.rating.refusals import WrongCampaignState
from services.registry.policy.packs.refusals import PackSupersedesWrong
from services.registry.register.changes.refusals import ChangeAlreadyDecided, EntriesOpen
from services.registry.register.duplicates.refusals import SuspicionAlreadySettled
from services.registry.register.regions.refusals import ChangeInvalid
from services.registry.register.regions.rules.successions import ChangeKind, Succession, faults_in
from services.registry.standing.entities.refusals import CreditCodeInvalid
from services.registry.standing.entities.rules.credit_code import ensure_valid
from shared.errors import Refusal

_SERVICE = Path(__file__).parents[1]
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:?!()]|[,;:?!(][\u4e00-\u9fff]")


def _worded(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__":
            yield node


def _written(node: ast.expr) -> str:
    """Return the words of a literal, each value in it as nothing."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


@pytest.mark.parametrize(
    "path", sorted(_SERVICE.rglob("refusals.py")), ids=lambda path: str(path.relative_to(_SERVICE).parent)
)
def test_every_sentence_has_a_chinese_and_an_english_side(path: Path) -> None:
    for call in _worded(path):
        sides = {each.arg: each.value for each in call.keywords if each.arg in ("zh", "en")}
        assert not call.args, call.lineno
        assert set(sides) == {"zh", "en"}, call.lineno
        if isinstance(sides["zh"], ast.Name):  # handed on from another process, both sides together
            continue
        zh, en = _written(sides["zh"]), _written(sides["en"])
        assert not _HALF_WIDTH.search(zh), zh
        assert "\n" not in zh + en, call.lineno
        assert not _CHINESE.search(en), en


@pytest.mark.parametrize(
    ("refusal", "zh"),
    [
        (WrongCampaignState("final", ["scored"], "reviews"), "评级批次的状态为“已定级”，办理“评议”须为“已评分”"),
        (WrongCampaignState("reviewed", ["opened", "scored"], "scores"), "须为“已启动”或“已评分”"),
        (ChangeAlreadyDecided("withdrawn", None), "状态为“已撤回”（办理人：其他人员）"),
        (EntriesOpen("0012", ["blacklist", "dishonesty"]), "农户 0012 尚在黑名单、失信名单，须先移出名单。"),
        (SuspicionAlreadySettled("different_persons", "li"), "li 已将这两人判定为“不同的人”"),
        (PackSupersedesWrong("a", 2, None), "政策包 a 尚无已确认的版本；请删去 supersedes"),
        (
            ChangeInvalid("merge", faults_in(ChangeKind.MERGE, [Succession("500236001", "500236002")])),
            "区划“合并”填写有误：合并须将两个以上代码合为一个",
        ),
    ],
)
def test_codes_are_named_in_the_officers_language(refusal: Refusal, zh: str) -> None:
    assert zh in refusal.sentence.zh
    assert refusal.sentence.en.isascii()


@pytest.mark.parametrize("state", ["opened", "scored", "on_public_notice", "final"])
@pytest.mark.parametrize("step", ["scores", "reviews", "public_notice", "objections", "settlements", "finalisations"])
def test_every_state_and_step_of_a_campaign_has_a_name(state: str, step: str) -> None:
    zh = WrongCampaignState(state, ["scored"], step).sentence.zh
    assert state not in zh
    assert step not in zh


def test_a_wrong_credit_code_is_explained_in_chinese_too() -> None:
    with pytest.raises(CreditCodeInvalid) as refused:
        ensure_valid("1")
    assert refused.value.sentence.zh == (
        "统一社会信用代码有误：应为 18 位数字或大写字母，且不含 I、O、S、V、Z；请对照营业执照核对。"
    )
