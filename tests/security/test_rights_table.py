"""The program's table of rights is the one written by hand from the counties' documents, right by right, both ways."""

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from shared.access import ADMINISTRATION, NATIONAL, READING, RIGHTS, Grant, Principal, Right, Role
from shared.offices import Step, could_take, right_of, role_of

BY_HAND: Final = Path(__file__).with_name("rights.yaml")
# Said in the table by one word, since documents name them as a group.
GROUPS: Final = {
    "everyone": list(Role),
    "officers": [
        Role.POVERTY_OFFICE,
        Role.FINANCE_BUREAU,
        Role.SERVICE_CENTRE,
        Role.TOWNSHIP,
        Role.VILLAGE,
        Role.HELPER,
        Role.AUDITOR,
        Role.CENTRAL_BANK,
        Role.BANK_REGULATOR,
        Role.INSURANCE_REGULATOR,
        Role.FUND_COMMITTEE,
    ],
}


def by_hand() -> dict[str, set[str]]:
    """Return the roles of each right as the file says."""
    table: dict[str, list[dict[str, Any]]] = yaml.safe_load(BY_HAND.read_text(encoding="utf-8"))
    return {right: {str(role) for line in lines for role in _roles(line["roles"])} for right, lines in table.items()}


def _roles(said: str | list[str]) -> list[Any]:
    return list(GROUPS[said]) if isinstance(said, str) else said


@pytest.mark.clause("LG-9")
@pytest.mark.parametrize("right", Right)
def test_a_right_belongs_to_the_roles_that_the_documents_name_and_to_no_other(right: Right) -> None:
    written = by_hand()[right]
    given = {str(role) for role in RIGHTS[right]}
    assert given - written == set(), f"{right} is given to roles that tests/security/rights.yaml does not name"
    assert written - given == set(), f"{right} lacks roles that tests/security/rights.yaml names"


def test_every_line_speaks_of_a_right_and_says_by_what() -> None:
    table = yaml.safe_load(BY_HAND.read_text(encoding="utf-8"))
    assert set(table) == {str(right) for right in Right}
    for right, lines in table.items():
        roles = [role for line in lines for role in _roles(line["roles"])]
        assert len(roles) == len(set(roles)), f"{right} names a role twice"
        assert all(str(line["by"]).strip() for line in lines), f"{right} has a line without its document"


@pytest.mark.parametrize("step", Step)
def test_every_step_has_an_office_whose_people_can_take_it(step: Step) -> None:
    assert could_take(step)
    roles = {role_of(office) for office in could_take(step)}
    assert roles <= RIGHTS[right_of(step)]
    assert step in (Step.TOWNSHIP_NOTICE, Step.COUNTY_NOTICE) or roles == RIGHTS[right_of(step)]


ABOVE: Final = ("", "50", "5002")


@pytest.mark.clause("SX-7(b)")
@pytest.mark.parametrize("region", [*ABOVE, "500236", "500236001", "500236001201"])
def test_an_office_above_the_county_reads_and_reports_and_a_county_acts(region: str) -> None:
    for role in ADMINISTRATION:
        officer = Principal("a", "a", (Grant(role, region),))
        for right in (right for right in Right if role in RIGHTS[right]):
            acts = region not in ABOVE or right in READING or right in NATIONAL
            assert officer.has(right) is acts, f"{role} on {region!r}: {right}"
            assert (officer.above_county(right) == []) is acts


def test_those_who_answer_to_no_county_act_wherever_they_were_granted() -> None:
    for role in set(Role) - ADMINISTRATION:
        officer = Principal("a", "a", (Grant(role, "50"),))
        assert all(officer.has(right) for right in Right if role in RIGHTS[right]), role
