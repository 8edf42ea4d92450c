"""Why this room refuses."""

from shared.errors import Invalid
from shared.languages import Sentence
from shared.policy.overlays import NamedProduct
from shared.policy.terms import LoanTerms


class QuoteRefused(Invalid):
    """No schedule exists for these terms."""

    code = "quote-refused"
    title = "无法试算 No schedule for these terms"

    def __init__(self, why: Sentence, rule: str) -> None:
        super().__init__(zh=why.zh, en=why.en, rule=rule)


class OutsideProduct(Invalid):
    """The product has no loans of this amount or term."""

    code = "outside-the-product"
    title = "超出产品范围 Outside the product"

    def __init__(self, product: NamedProduct, terms: LoanTerms) -> None:
        amounts, months = (terms.amount_min, terms.amount_max), (terms.term_months_min, terms.term_months_max)
        super().__init__(
            zh=f"{product.name.zh}的金额为{amounts[0]}至{amounts[1]}元，期限为{months[0]}至{months[1]}个月，"
            "请按此范围试算。",
            en=f"{product.name.en} is lent from {amounts[0]} to {amounts[1]} yuan and for {months[0]} to {months[1]} "
            "months; ask within that.",
            product_code=product.code,
        )
