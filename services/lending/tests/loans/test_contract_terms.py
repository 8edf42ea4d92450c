"""The rate a contract is signed at: the published one of its term, with the margin of the county's pack (LG-2)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.lending.loans.rules.contract_terms import annual_rate, rate_column, refused_rate
from services.lending.tests.applications.conftest import PACKS
from shared.policy.load import load_pack
from shared.policy.vocabulary import RateBasis, RateColumn, RateForm

LINGUI = load_pack(PACKS / "lingui.yaml").loan_terms()


@pytest.mark.clause("LG-2(e)")
@pytest.mark.parametrize(
    ("term_months", "column"),
    [(12, RateColumn.UP_TO_1Y), (13, RateColumn.OVER_1Y_TO_5Y), (36, RateColumn.OVER_1Y_TO_5Y)],
)
def test_linguis_loans_bear_the_benchmark_rate_of_their_term(term_months: int, column: RateColumn) -> None:
    assert LINGUI.rate_basis is RateBasis.PBOC_BENCHMARK
    assert rate_column(LINGUI, term_months) is column
    assert annual_rate(Decimal("4.75"), LINGUI) == Decimal("4.75")


@pytest.mark.parametrize(
    "county",
    [
        pytest.param("kelan", marks=pytest.mark.clause("SX-9(d)")),
        pytest.param("xx-district", marks=pytest.mark.clause("XX-1(e)")),
    ],
)
def test_the_contract_bears_the_published_benchmark_rate_and_nothing_on_top(county: str) -> None:
    terms = load_pack(PACKS / f"{county}.yaml").loan_terms()
    assert terms.rate_basis is RateBasis.PBOC_BENCHMARK
    assert annual_rate(Decimal("4.35"), terms) == Decimal("4.35")


def test_a_margin_is_added_to_the_published_rate() -> None:
    assert annual_rate(Decimal("4.75"), replace(LINGUI, rate_margin=Decimal("0.50"))) == Decimal("5.25")


@pytest.mark.parametrize(
    ("form", "stated", "code"),
    [
        (None, "4.75", None),
        (None, "4.7500", None),
        (None, None, None),
        (None, "4.74", "rate-differs"),
        (RateForm.FIXED, "4.76", "rate-differs"),
        (RateForm.MAXIMUM, "4.75", None),
        (RateForm.MAXIMUM, "4.75000001", "rate-above-maximum"),
        (RateForm.MAXIMUM, "0", None),
        (RateForm.MAXIMUM, None, None),
        (RateForm.STATED, "9.99", None),
    ],
)
def test_the_rate_that_the_bank_states_is_the_countys_at_most_that_or_its_own(
    form: RateForm | None, stated: str | None, code: str | None
) -> None:
    rate = None if stated is None else Decimal(stated)
    assert refused_rate(rate, Decimal("4.75"), replace(LINGUI, rate_form=form)) == code
