"""Which of the county's products a household asks for: the first one, and of every further one those whom it fits."""

from typing import Final

from shared.policy.pack import PolicyPack
from tools.demo.outline import BANK_OF_KIND
from tools.demo.population import Household

FURTHER_EVERY: Final = 6  # loans of the first round


def product_of(pack: PolicyPack, household: Household, number: int, purpose: str, all_covered: bool) -> str | None:
    """Return a further product for every sixth household, if it fits one there; None is the county's first product.

    `all_covered`: the plan of the fund's money counts every loan, so none is lent without cover.
    """
    request = household.loan_request
    if not pack.products or request is None or household.bar or number % FURTHER_EVERY != 1:
        return None
    code = pack.products[number // FURTHER_EVERY % len(pack.products)].code
    product = pack.for_product(code)
    rules, terms = product.eligibility_rules(), product.loan_terms()
    kinds = {str(kind) for kind, bank_code in BANK_OF_KIND.items() if bank_code == household.bank_code}
    fits = (
        not (all_covered and terms.covered_by_fund is False)
        and household.poverty_state in rules.eligible_states
        and terms.amount_min <= request.amount <= terms.amount_max
        and terms.term_months_min <= request.term_months <= terms.term_months_max
        and purpose in {each.code for each in product.purpose_rule().allowed}
        and kinds <= set(terms.lender_kinds)
    )
    return code if fits else None
