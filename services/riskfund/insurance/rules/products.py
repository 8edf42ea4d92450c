"""Which insurance products a county uses and which causes of a loss each answers for (LG-41, SX-5c, LG-21b). Pure."""

from services.riskfund.insurance.refusals import ProductNotInUse
from shared.policy.arrangements import InsuranceRule
from shared.policy.vocabulary import LossCause


def ensure_in_use(kind: str, rule: InsuranceRule | None) -> None:
    """Refuse a product that the county's pack does not name.

    Raises:
        ProductNotInUse: with those that it names.
    """
    products = [product.code for product in rule.products] if rule else []
    if kind not in products:
        raise ProductNotInUse(kind, products)


def not_answering(rule: InsuranceRule | None, cause: LossCause) -> list[str]:
    """Return the products that answer for other causes than this one.

    One for which the pack says nothing answers for every cause.
    """
    answers = rule.causes_answered if rule else None
    return [each.product for each in answers or () if cause not in each.causes]
