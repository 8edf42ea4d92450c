"""Where a key of a pack stands, in words: the names of its section and of its value, and which row of a list."""

from functools import cache
from typing import Final

from shared.languages import Sentence
from shared.policy.leaves import keys_of_packs
from shared.policy.pack import Header
from shared.policy.yaml_source import KeyPath

SECTION_NAMES: Final = {
    "header": Sentence("抬头", "header"),
    "documents": Sentence("文件", "documents"),
    "clauses": Sentence("条款", "clauses"),
    "based_on": Sentence("省级基础", "base"),
    "product": Sentence("首要产品", "first product"),
    "eligibility": Sentence("借款人", "borrowers"),
    "purposes": Sentence("用途", "purposes"),
    "entities": Sentence("实施主体", "implementing entities"),
    "rating": Sentence("评级", "rating"),
    "lists": Sentence("名单", "lists"),
    "public_notice": Sentence("公示", "public notice"),
    "approval": Sentence("审批", "approval"),
    "lending": Sentence("贷款", "lending"),
    "interest": Sentence("利息", "interest"),
    "repayment": Sentence("还款", "repayment"),
    "follow_up": Sentence("贷后管理", "follow-up"),
    "subsidy": Sentence("贴息", "subsidy"),
    "fund": Sentence("风险补偿金", "fund"),
    "compensation": Sentence("代偿", "compensation"),
    "legacy_rules": Sentence("旧政策", "earlier rules"),
    "renewal": Sentence("续贷与展期", "renewal"),
    "programmes": Sentence("年度贴息方案", "programmes"),
    "premiums": Sentence("保费与担保费", "premiums"),
    "deposit": Sentence("保证金", "deposit"),
    "insurance": Sentence("保险", "insurance"),
    "mutual_aid": Sentence("互助资金", "mutual aid"),
    "village_fund": Sentence("村级风险金", "village fund"),
    "guaranteed_dividend": Sentence("保底分红", "guaranteed dividend"),
    "equity_dividend": Sentence("入股分红", "equity dividend"),
    "direct_grant": Sentence("直接补助", "direct grant"),
    "linkage": Sentence("利益联结", "linkage"),
    "supervision": Sentence("督导", "supervision"),
    "without": Sentence("没有的项目", "what this county has not"),
    "products": Sentence("其他产品", "further products"),
    "answers": Sentence("疑问答复", "answers"),
    "left_open": Sentence("未确认的键", "keys left open"),
    "examples": Sentence("算例", "worked examples"),
}


def place_words(path: KeyPath) -> Sentence:
    """Return where a key stands, e.g. 贷款 › 单笔最高金额 / lending › largest loan, CNY.

    A row is counted from one. What has no name of its own, below a value, keeps its key; the whole file has no words.
    """
    rows = [f"第 {part + 1} 项" if isinstance(part, int) else part for part in path]
    rows_en = [f"entry {part + 1}" if isinstance(part, int) else part for part in path]
    named = [_name(path[: length + 1]) for length in range(len(path))]
    shown = [number for number, part in enumerate(path) if part != "value"]
    zh = [each.zh if (each := named[number]) else rows[number] for number in shown]
    en = [each.en if (each := named[number]) else rows_en[number] for number in shown]
    return Sentence(" › ".join(zh), " › ".join(en))


def _name(path: KeyPath) -> Sentence | None:
    """Return the name of the last part of a path; None where it is a row, or has none."""
    last = path[-1]
    if len(path) == 1:
        return SECTION_NAMES.get(str(last))
    within = path[2:] if path[0] == "products" else path
    if len(within) == 1:
        return SECTION_NAMES.get(str(last))
    words = tuple(str(part) for part in within if not isinstance(part, int))
    return None if isinstance(last, int) else _named_keys().get(".".join(words))


@cache
def _named_keys() -> dict[str, Sentence]:
    found = {each.key: Sentence(each.zh, each.en) for each in keys_of_packs()}
    headed = {f"header.{key}": info for key, info in Header.model_fields.items()}
    return found | {key: Sentence(str(info.title), str(info.description)) for key, info in headed.items()}
