"""Why this room refuses."""

from shared.errors import Refused


class ProductNotInUse(Refused):
    """The county's pack does not name this insurance product."""

    code = "insurance-product-not-in-use"
    title = "本县未开办该险种 Insurance product not in use"
    clause = "LG-41"

    def __init__(self, kind: str, products: list[str]) -> None:
        listed = ", ".join(products) or "none"
        super().__init__(
            f"'{kind}' is no insurance product of this county; it uses: {listed}.", kind=kind, products=products
        )


class PolicyOnFile(Refused):
    """The policy stands on the loan already."""

    code = "insurance-policy-on-file"
    title = "保单已登记 Policy already on file"

    def __init__(self, policy_number: str) -> None:
        super().__init__(
            f"Policy {policy_number} of this insurer is on file for the loan already; nothing more is to be done.",
            policy_number=policy_number,
        )


class AnswerReferenceUsed(Refused):
    """The insurer used this reference for another answer."""

    code = "answer-reference-used"
    title = "理赔编号已使用 Answer reference already used"

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"Reference {reference} stands for another answer of yours; send this answer's own reference.",
            reference=reference,
        )
