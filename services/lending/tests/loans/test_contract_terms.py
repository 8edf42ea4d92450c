"""The rate a contract is signed at: the published one of its term, with the margin of the county's pack (LG-2)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.lending.loans.rules.contract_terms import annual_rate, rate_column
from services.lending.tests.applications.conftest import PACKS
from shared.policy.load import load_pack
from shared.policy.vocabulary import RateBasis, RateColumn

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


def test_a_margin_is_added_to_the_published_rate() -> None:
    assert annual_rate(Decimal("4.75"), replace(LINGUI, rate_margin=Decimal("0.50"))) == Decimal("5.25")
