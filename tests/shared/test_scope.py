"""What a caller sees: each grant opens its own rows, and several grants open the rows of each of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.access import RIGHTS, Grant, Principal, Right, Role
from shared.errors import OutsideRegion
from shared.scope import OrganisationMissing, Scope, View, scope_of, scope_within

REGIONS = st.sampled_from(("", "50", "500236", "500236001", "500237", "411381"))
VILLAGES = st.sampled_from(("500236001201", "500236002201", "500237001201", "411381001001"))
BANKS = st.sampled_from(("RCB", "ABC"))
GRANTS = st.lists(st.builds(Grant, st.sampled_from(list(Role)), REGIONS), max_size=5)
SEEN_BY_BANKS = st.sampled_from((Right.LOANS_READ, Right.CLAIMS_READ, Right.SUBSIDIES_READ, Right.REPORTS_READ))


def caller(*grants: Grant, organisation: str | None = "RCB") -> Principal:
    return Principal("a", "a", grants, organisation)


def opens(grant: Grant, right: Right, village: str, bank: str, organisation: str) -> bool:
    """Say in one line what one grant opens; insurers' claims are found by their requests, not here."""
    if grant.role not in RIGHTS[right] or grant.role is Role.GUARANTOR or not village.startswith(grant.region):
        return False
    return grant.role is not Role.BANK or bank == organisation


@given(GRANTS, SEEN_BY_BANKS, VILLAGES, BANKS, BANKS)
def test_a_row_is_seen_exactly_when_one_of_the_grants_opens_it(
    grants: list[Grant], right: Right, village: str, bank: str, organisation: str
) -> None:
    scope = scope_of(caller(*grants, organisation=organisation), right)
    assert scope.sees(village, bank) == any(opens(each, right, village, bank, organisation) for each in grants)


@given(GRANTS, SEEN_BY_BANKS, VILLAGES, BANKS, REGIONS)
def test_inside_a_region_nothing_more_is_seen_and_nothing_of_it_less(
    grants: list[Grant], right: Right, village: str, bank: str, region: str
) -> None:
    whole = scope_of(caller(*grants), right)
    try:
        inside = scope_within(caller(*grants), right, region)
    except OutsideRegion:
        inside = Scope(())
    assert inside.sees(village, bank) == (whole.sees(village, bank) and village.startswith(region))


def test_a_bank_here_and_an_auditor_there_sees_its_own_here_and_all_there() -> None:
    scope = scope_of(caller(Grant(Role.BANK, "500236"), Grant(Role.AUDITOR, "411381")), Right.CLAIMS_READ)
    assert scope.views == (View("500236", bank="RCB"), View("411381"))
    assert [scope.sees(f"{county}001001", bank) for county in ("500236", "411381") for bank in ("RCB", "ABC")] == [
        True,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("role", [Role.BANK, Role.INSURER])
def test_who_acts_for_no_organisation_sees_nothing(role: Role) -> None:
    grants = (Grant(role, "500236"), Grant(Role.AUDITOR, "411381"))
    with pytest.raises(OrganisationMissing):
        scope_of(caller(*grants, organisation=None), Right.CLAIMS_READ)
    assert scope_of(caller(*grants[1:], organisation=None), Right.CLAIMS_READ).sees("411381001001", "ABC")


def test_a_guarantor_sees_no_row_that_does_not_say_who_guarantees_it() -> None:
    guarantor = caller(Grant(Role.GUARANTOR, "500236"))
    assert scope_of(guarantor, Right.LOANS_READ) == Scope(())
    with pytest.raises(OutsideRegion):
        scope_within(guarantor, Right.LOANS_READ, "500236")


def test_an_insurer_is_limited_to_its_requests_where_no_other_grant_opens_more() -> None:
    both = caller(Grant(Role.INSURER, "500236"), Grant(Role.AUDITOR, "500236001"), organisation="PICC")
    scope = scope_of(both, Right.CLAIMS_READ)
    assert (scope.insurer_in("500236002201"), scope.insurer_in("500236001201")) == ("PICC", None)
    assert (scope.regions, scope.banks) == (["500236001"], [None])  # rows without insurers: only the auditor's
