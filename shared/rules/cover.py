"""Whether the risk fund stands behind a loan of a product at all (ZJ-2c). Pure."""

from shared.policy.vocabulary import ProductCondition
from shared.rules.reasons import Reason


def not_covered(covered_by_fund: bool | None, clause: str) -> Reason | None:
    """Return the condition of a loan that the fund does not cover, or None where it does.

    A county that says nothing of it (None) covers every loan. The loan is granted all the same; the bank bears a loss.
    """
    if covered_by_fund is not False:
        return None
    return Reason(
        ProductCondition.NOT_COVERED,
        clause,
        "本产品不纳入风险补偿，损失由银行自行承担。",
        "The risk fund does not cover loans of this product; the bank bears a loss.",
    )
