"""Why this room refuses."""

from decimal import Decimal

from shared.errors import Refused


class NoAnswerAwaited(Refused):
    """No request to this insurer is open on the claim."""

    code = "no-answer-awaited"
    title = "无待答复的理赔请求 No answer awaited"
    clause = "LG-21b"

    def __init__(self, insurer_code: str, state: str) -> None:
        super().__init__(
            f"No request to {insurer_code} is open on this claim, which is {state}; each request is answered once.",
            insurer_code=insurer_code,
            state=state,
        )


class InsurancePaysTooMuch(Refused):
    """The insurer's amount is above what it was asked for or what is left of the loss."""

    code = "insurance-pays-too-much"
    title = "理赔金额超限 Insurance amount too high"
    clause = "LG-21b"

    def __init__(self, amount: Decimal, most: Decimal) -> None:
        super().__init__(
            f"{amount} yuan is more than the {most} this policy can still pay of the loss; answer with at most {most}.",
            amount=str(amount),
            most=str(most),
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
