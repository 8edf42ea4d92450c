"""What an agreement lacks, clause by clause, on and beside each bound."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.agreements.pack_rules import bounds_of
from services.subsidy.agreements.rules.completeness import LEASE_SERVICES, TEXTS, Bounds, Terms, lacks
from services.subsidy.agreements.rules.years import years_of
from services.subsidy.tests.benefit import SEVEN
from services.subsidy.tests.county import PACK_FILE
from shared.policy.load import read_pack


def _bounds(name: str) -> Bounds:
    file = Path(PACK_FILE).parent / f"{name}.yaml"
    return bounds_of(read_pack(file.read_text(encoding="utf-8"), file.name))


ZHIJIN, FENGJIE = _bounds("zhijin"), _bounds("fengjie")
SCATTERED = Terms(
    kind="household_township",
    valid_from=date(2017, 1, 1),
    valid_until=date(2018, 1, 1),
    texts=dict.fromkeys(TEXTS, "载明"),
    households=1,
)
GUARANTEED = replace(
    SCATTERED,
    kind="entity_household",
    valid_until=date(2020, 1, 1),
    form="guaranteed",
    has_entity=True,
    grant=Decimal(30000),
    grant_rates=(Decimal(5), Decimal("5.01"), Decimal(6)),
    security=Decimal(30000),
)
EQUITY = replace(
    GUARANTEED,
    form="equity",
    grant_rates=(),
    security=Decimal(0),
    household_share=Decimal("0.7"),
    delegate_from=date(2017, 1, 1),
    negotiators=frozenset(SEVEN),
)
ROLLING = replace(SCATTERED, kind="rolling_development", valid_until=date(2020, 1, 1))
ENTRUSTMENT = replace(GUARANTEED, kind="township_entity", households=0, security=Decimal(0), grant=Decimal(0))
LINKED = replace(GUARANTEED, form="linkage", security=Decimal(0))
QUANTIFIED = replace(LINKED, model="equity", grant_rates=(Decimal(6),) * 3, loan_rates=(Decimal("4.75"),) * 3)
PARTNERSHIP = replace(LINKED, model="partnership", grant_rates=(), loan_rates=(Decimal(6),) * 3)
LEASE = replace(
    LINKED,
    model="lease_back",
    grant_rates=(),
    area_mu=Decimal(50),
    rent_per_mu=Decimal(6000),
    floor_price_per_500g=Decimal(5),
    services=frozenset(LEASE_SERVICES),
)
ON_THE_BOUND = (SCATTERED, GUARANTEED, EQUITY, ROLLING, ENTRUSTMENT)


def codes(terms: Terms, bounds: Bounds) -> list[str]:
    """Return the codes of what is missing."""
    return [each.code for each in lacks(terms, bounds)]


@pytest.mark.parametrize("terms", ON_THE_BOUND, ids=lambda each: f"{each.kind}-{each.form}")
def test_an_agreement_on_every_bound_lacks_nothing(terms: Terms) -> None:
    assert codes(terms, ZHIJIN) == []


@pytest.mark.parametrize("terms", [QUANTIFIED, PARTNERSHIP, LEASE], ids=lambda each: each.model)
def test_what_the_document_of_fengjie_promises_lacks_nothing(terms: Terms) -> None:
    assert codes(terms, FENGJIE) == []


def _short(terms: Terms) -> Terms:
    return replace(terms, valid_until=date(2019, 12, 31))


def _rates(*each: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, each))


def _case(clause: str, name: str, terms: Terms, expected: list[str], bounds: Bounds = ZHIJIN) -> Any:
    return pytest.param(terms, bounds, expected, id=f"{clause}-{name}", marks=pytest.mark.clause(clause))


@pytest.mark.parametrize(
    ("terms", "bounds", "expected"),
    [
        *(
            _case("ZJ-2a(a)", name, replace(SCATTERED, texts=SCATTERED.texts | {name: None}), [name])  # type: ignore[operator]
            for name in TEXTS
        ),
        _case("ZJ-2b(a)", "without dividend", replace(GUARANTEED, form=None), ["dividend"]),
        _case("ZJ-2b(a)", "without households", replace(GUARANTEED, households=0), ["households"]),
        _case("ZJ-2b(b)", "without entity", replace(ENTRUSTMENT, has_entity=False), ["entity"]),
        _case("ZJ-2b(b)", "without dividend", replace(ENTRUSTMENT, form=None), ["dividend"]),
        _case("ZJ-4(a)", "below", replace(GUARANTEED, grant_rates=_rates("4.99", "5", "6")), ["rate_min"]),
        _case("ZJ-4(a)", "level", replace(GUARANTEED, grant_rates=_rates("5", "5", "6")), ["rising"]),
        _case("ZJ-4(a)", "short", replace(GUARANTEED, grant_rates=_rates("5", "6")), ["rates"]),
        _case("ZJ-4(b)", "a fen", replace(GUARANTEED, security=Decimal("29999.99")), ["security"]),
        _case("ZJ-4(c)", "a day", _short(GUARANTEED), ["term"]),
        _case("ZJ-5(a)", "below", replace(EQUITY, household_share=Decimal("0.69")), ["share_min"]),
        _case("ZJ-5(a)", "silent", replace(EQUITY, household_share=None), ["share_min"]),
        _case("ZJ-5(b)", "a day", _short(EQUITY), ["term"]),
        _case("ZJ-5(c)", "none", replace(EQUITY, delegate_from=None), ["delegate"]),
        _case("ZJ-5(c)", "later", replace(EQUITY, delegate_from=date(2017, 1, 2)), ["delegate"]),
        *(
            _case("ZJ-5(f)", role, replace(EQUITY, negotiators=frozenset(SEVEN) - {role}), [f"negotiator_{role}"])
            for role in SEVEN
        ),
        _case("ZJ-6(b)", "a day", _short(ROLLING), ["term"]),
        _case("FJ-9a", "own use", replace(LINKED, model="own_use"), ["own_use"], FENGJIE),
        _case("FJ-9b", "grant", replace(QUANTIFIED, grant_rates=(Decimal("5.99"),) * 3), ["linkage_rate"], FENGJIE),
        _case("FJ-9b", "loan", replace(QUANTIFIED, loan_rates=(Decimal("4.74"),) * 3), ["linkage_rate"], FENGJIE),
        _case("FJ-9c", "loan", replace(PARTNERSHIP, loan_rates=(Decimal("5.99"),) * 3), ["linkage_rate"], FENGJIE),
        _case("FJ-9d(a)", "rent", replace(LEASE, rent_per_mu=Decimal("6000.01")), ["rent"], FENGJIE),
        _case("FJ-9d(a)", "land", replace(LEASE, area_mu=Decimal(0)), ["rent"], FENGJIE),
        *(
            _case("FJ-9d(b)", name, replace(LEASE, services=LEASE.services - {name}), [f"lease_{name}"], FENGJIE)
            for name in LEASE_SERVICES
        ),
        _case("FJ-9d(c)", "floor", replace(LEASE, floor_price_per_500g=Decimal("4.99")), ["floor_price"], FENGJIE),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(terms: Terms, bounds: Bounds, expected: list[str]) -> None:
    assert codes(terms, bounds) == expected


def test_a_form_or_model_that_the_county_does_not_know_is_named() -> None:
    assert codes(replace(LINKED, model="unheard_of"), FENGJIE) == ["dividend_form"]
    assert "dividend_form" in codes(EQUITY, FENGJIE)


@given(
    first=st.dates(date(2016, 1, 1), date(2020, 12, 31)),
    days=st.integers(1, 2500),
)
def test_the_years_of_an_agreement_follow_one_another_without_a_gap(first: date, days: int) -> None:
    until = date.fromordinal(first.toordinal() + days)
    years = years_of(first, until)
    assert [each.number for each in years] == list(range(1, len(years) + 1))
    assert (years[0].first_on, years[-1].until) == (first, until)
    assert all(one.until == two.first_on and one.days == one.whole_days for one, two in pairwise(years))
    assert sum(each.days for each in years) == days
