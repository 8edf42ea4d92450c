"""Why this room refuses."""

from shared.errors import Refused
from shared.vocabulary.load import in_chinese


class ProductNotInUse(Refused):
    """The county's pack does not name this insurance product."""

    code = "insurance-product-not-in-use"
    title = "本县未开办该险种 Insurance product not in use"
    clause = "LG-41"

    def __init__(self, kind: str, products: list[str]) -> None:
        listed_zh = "、".join(in_chinese(product) for product in products) or "无"
        listed = ", ".join(products) or "none"
        super().__init__(
            zh=f"本县未开办险种“{in_chinese(kind)}”，已开办的险种为：{listed_zh}；请更正险种。",
            en=f"'{kind}' is no insurance product of this county; it uses: {listed}.",
            kind=kind,
            products=products,
        )


class PolicyOnFile(Refused):
    """The policy stands on the loan already."""

    code = "insurance-policy-on-file"
    title = "保单已登记 Policy already on file"

    def __init__(self, policy_number: str) -> None:
        super().__init__(
            zh=f"该保险公司的保单 {policy_number} 已在此笔贷款上登记，无需再办理。",
            en=f"Policy {policy_number} of this insurer is on file for the loan already; nothing more is to be done.",
            policy_number=policy_number,
        )


class AnswerReferenceUsed(Refused):
    """The insurer used this reference for another answer."""

    code = "answer-reference-used"
    title = "理赔编号已使用 Answer reference already used"

    def __init__(self, reference: str) -> None:
        super().__init__(
            zh=f"理赔编号 {reference} 已用于贵公司的另一次答复，请填写本次答复自身的编号。",
            en=f"Reference {reference} stands for another answer of yours; send this answer's own reference.",
            reference=reference,
        )
