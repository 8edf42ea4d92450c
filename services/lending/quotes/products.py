"""What a county's loan products cost: by its pack in force and the published rates, as a contract would be signed."""

from datetime import date
from decimal import Decimal

from services.lending.loans.refusals import RateAboveMaximum, RateDiffers
from services.lending.loans.rules.contract_terms import (
    Contract,
    ContractTerms,
    annual_rate,
    contract,
    rate_column,
    refused_rate,
)
from services.lending.loans.rules.day_count import RuleRefused
from services.lending.pack_copies.queries import reference_rate
from services.lending.quotes.refusals import OutsideProduct, QuoteRefused
from services.lending.quotes.schemas import (
    ProductOut,
    ProductQuote,
    ProductQuoteIn,
    ProductRate,
    ProductsOut,
    QuotedInstallment,
)
from shared.db import Connection
from shared.policy.copies import current_pack
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import LenderKind, RateForm


async def list_products(conn: Connection, region_code: str, on: date) -> ProductsOut:
    """Return the loan products of a county in force on a day, each with what it costs then (ZJ-2c, LG-2).

    Raises:
        NoPackInForce: no confirmed pack holds there on that day.
        ReferenceRateMissing: nothing was published by then.
    """
    products = (await current_pack(conn, region_code, on)).each_product()
    items = [await _product(conn, each, on) for each in products]
    return ProductsOut(region_code=region_code, as_of=on, items=items)


async def _product(conn: Connection, product: ConfirmedPack, on: date) -> ProductOut:
    terms, named = product.loan_terms, product.pack.product
    rates = []
    for tenor in sorted(terms.rate_tenors, key=lambda each: each.up_to_months):
        published = await reference_rate(conn, terms.rate_basis, on, tenor.column)
        rates.append(ProductRate(up_to_months=tenor.up_to_months, annual_rate=annual_rate(published, terms)))
        if tenor.up_to_months >= terms.term_months_max:
            break
    return ProductOut(
        product_code=named.code,
        zh=named.name.zh,
        en=named.name.en,
        pack_version=product.pack_version,
        eligible_states=list(product.pack.eligibility_rules().eligible_states),
        lender_kinds=[LenderKind(kind) for kind in terms.lender_kinds],
        amount_min=terms.amount_min,
        amount_max=terms.amount_max,
        term_months_min=terms.term_months_min,
        term_months_max=terms.term_months_max,
        rate_form=terms.rate_form or RateForm.FIXED,
        rates=rates,
        subsidy_share=product.pack.subsidy_rule().share,
        covered_by_fund=terms.covered_by_fund is not False,
    )


async def product_quote(conn: Connection, body: ProductQuoteIn) -> ProductQuote:
    """Return the contract that a bank would sign on these terms; nothing is stored (LG-2, FJ-11, ZJ-2c).

    Raises:
        NoPackInForce, ProductUnknown: the county has no such product on that day.
        OutsideProduct: amount or term lie beyond the product's bounds.
        RateAboveMaximum, RateDiffers: the county's rules do not let the bank state this rate.
        ReferenceRateMissing, TenorMissing: no rate is published for this term.
        QuoteRefused: no schedule exists for these terms.
    """
    product = (await current_pack(conn, body.region_code, body.disbursed_on)).product(body.product_code)
    _ensure_within(product, body)
    terms = product.loan_terms
    column = rate_column(terms, body.term_months)
    published = await reference_rate(conn, terms.rate_basis, body.disbursed_on, column)
    county_rate = annual_rate(published, terms)
    rate = _agreed(body.annual_rate, published, product, county_rate)
    asked = ContractTerms(product.pack_id, body.term_months, body.disbursed_on, body.principal, rate)
    try:
        signed = contract(asked, terms, rate)
    except RuleRefused as refused:
        raise QuoteRefused(refused.sentence, refused.code) from None
    return ProductQuote(
        product_code=product.product_code,
        pack_version=product.pack_version,
        rate_form=terms.rate_form or RateForm.FIXED,
        county_rate=county_rate,
        annual_rate=rate,
        matures_on=signed.matures_on,
        installments=_installments(signed),
        total_interest=signed.interest,
        subsidy_share=product.pack.subsidy_rule().share,
        covered_by_fund=terms.covered_by_fund is not False,
    )


def _ensure_within(product: ConfirmedPack, body: ProductQuoteIn) -> None:
    terms = product.loan_terms
    within = terms.amount_min <= body.principal <= terms.amount_max
    if not within or not terms.term_months_min <= body.term_months <= terms.term_months_max:
        raise OutsideProduct(product.pack.product, terms)


def _agreed(stated: Decimal | None, published: Decimal, product: ConfirmedPack, county_rate: Decimal) -> Decimal:
    """Return the contract's rate: what the bank states as far as it may, else the published one with the margin."""
    refused = refused_rate(stated, published, product.loan_terms)
    if refused is not None:
        figures = {"annual_rate": stated, "county_rate": county_rate}
        raise RateAboveMaximum(figures) if refused == RateAboveMaximum.code else RateDiffers(figures)
    return county_rate if stated is None else stated


def _installments(signed: Contract) -> list[QuotedInstallment]:
    balance, rows = signed.terms.principal, []
    for row in signed.installments:
        balance -= row.principal
        rows.append(
            QuotedInstallment(
                number=row.number,
                due_on=row.due_on,
                days=row.days,
                principal=row.principal,
                interest=row.interest,
                total_due=row.principal + row.interest,
                balance=balance,
            )
        )
    return rows
