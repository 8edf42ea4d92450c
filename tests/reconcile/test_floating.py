"""Two readings of a contract that floats, the services' and the reconciliation's, agree on days and rates."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.floating import Floating, taken_anew
from services.lending.loans.rules.floating import repricing_days as service_days
from services.lending.loans.rules.rates import Rates
from shared.policy.rate_terms import Repricing
from shared.policy.vocabulary import RepricingFrequency
from tools.reconcile.contract_terms import follows, rate_of_the_day, repricing_days, right_rate
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import months_later

FREQUENCIES = ["january_first", "anniversary", "due_day"]


def _floating_pack(repricing: Mapping[str, str]) -> Pack:
    """Return a pack whose contracts float on the five-year column without margin."""
    values = {"repricing": repricing, "rate_tenors": [{"up_to_months": 60, "column": "over_5y"}], "rate_basis": "LPR",
              "rate_margin": "0", "rate_fixed": False}  # fmt: skip
    return Pack(
        "p", "500236", 1, date(2017, 1, 1), "", {"interest": {key: {"value": each} for key, each in values.items()}}
    )


@given(
    frequency=st.sampled_from(FREQUENCIES),
    most=st.none() | st.just("5"),
    stated=st.none() | st.just("4.95"),
    published=st.dictionaries(st.integers(0, 1100), st.sampled_from(["3.85", "4.35", "5.5"]), max_size=5),
    lent=st.dates(date(2016, 2, 20), date(2016, 3, 5)),
)
def test_two_readings_of_a_floating_rate_agree(
    frequency: str, most: str | None, stated: str | None, published: dict[int, str], lent: date
) -> None:
    due = tuple(months_later(lent, 6 * number) for number in range(1, 7))
    rows = sorted([(lent, "4.75"), *((lent + timedelta(days=day), each) for day, each in published.items() if day)])
    pack = _floating_pack({"frequency": frequency} | ({"rate_max": most} if most else {}))
    loan = {"disbursed_on": lent, "matures_on": due[-1], "term_months": 36, "rate_stated": stated is not None,
            "signed_rate": stated or "4.75", "is_legacy": False}  # fmt: skip
    series = [("LPR", on, None, None, each, True) for on, each in rows]
    days = repricing_days(pack, loan, due)
    service = Repricing(RepricingFrequency(frequency), Decimal(most) if most else None)
    assert days == list(service_days(service, lent, due))
    how = Floating(Decimal(stated or "4.75") - Decimal("4.75"), service.rate_max, tuple(days))
    theirs = taken_anew(Rates(Decimal(stated or "4.75")), how, lambda on: max(
        ((since, Decimal(each)) for since, each in rows if since <= on))[1])  # fmt: skip
    mine = right_rate(pack, loan, rate_of_the_day(pack, 36, lent, series), days, series)
    assert mine == Fraction(theirs.last)
    is_right = follows(pack, loan | {"granted_under": "current", "claim_id": None, "state": "active"}, mine, mine)
    wrong = follows(pack, loan | {"granted_under": "current", "claim_id": None, "state": "active"}, mine, mine + 1)
    assert (is_right, wrong) == (True, False)
