"""A township gets another code after its households borrowed: its officers go on, and nothing is lost from sight."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
import pytest_asyncio

from deploy.platform import Platform
from shared.access import Role
from tests.journeys.tiny_county import Place, county_on, lend, running_platform
from tools.demo import result
from tools.demo.county import until
from tools.demo.session import Caller, RequestFailed

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANGED_ON = "2017-12-01"
SECRET = "mountain-river-2017"


@pytest.fixture(scope="module")
def own_platform() -> Iterator[Platform]:
    """Run a platform whose regions may change."""
    with running_platform() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lent(own_platform: Platform) -> AsyncIterator[Place]:
    """Return a county whose first round is lent."""
    async with county_on(own_platform) as place:
        await lend(place)
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def loans(lent: Place) -> list[dict[str, Any]]:
    """Return the first township's loans, as its officer saw them before the township got another code."""
    officer = lent.county.offices.township(old_code(lent))
    before: list[dict[str, Any]] = await officer.every("/loans")
    assert before
    assert all(loan["village_code"].startswith(old_code(lent)) for loan in before)
    change = {"kind": "recode", "effective_on": CHANGED_ON, "document": "渝府〔2017〕40号"}
    pair = {"from_code": old_code(lent), "to_code": new_code(lent), "to_name": "永安新区街道"}
    done = await lent.county.offices["admin"].post("/region-changes", {**change, "successions": [pair]})
    assert done["households_moved"] > 0

    for caller in (officer, lent.county.offices.village_team(old_code(lent))):
        await until(partial(reaches, caller, new_code(lent)), "the change of codes at the gateway")
    return before


def old_code(place: Place) -> str:
    """Return the township's code until the change."""
    return place.county.offices.townships[0].code


def new_code(place: Place) -> str:
    """Return the township's code since the change."""
    return place.county.code + "777"


async def regions_of(caller: Caller) -> set[str]:
    """Return the regions an account reaches now."""
    return {grant["region"] for grant in (await caller.get("/me"))["grants"]}


async def reaches(caller: Caller, region: str) -> bool:
    """Return whether an account reaches something in a region."""
    return any(code.startswith(region) for code in await regions_of(caller))


async def sees(caller: Caller, path: str) -> bool:
    """Return whether a thing is there for a caller."""
    try:
        await caller.get(path)
    except RequestFailed as refused:
        if refused.status != 404:
            raise
        return False
    return True


@pytest.mark.clause("SX-7")
async def test_the_townships_officer_still_sees_the_loans_and_the_households(
    lent: Place, loans: list[dict[str, Any]]
) -> None:
    signed_in_again = lent.county.offices.township(old_code(lent))
    officer = Caller(lent.http, signed_in_again.username, signed_in_again.secret)
    assert await regions_of(officer) == {old_code(lent), new_code(lent)}
    assert {loan["id"] for loan in await officer.every("/loans")} == {loan["id"] for loan in loans}
    household = await officer.get(f"/households/{loans[0]['household_id']}")
    assert household["village_code"] == new_code(lent) + loans[0]["village_code"][9:]
    loan = await officer.get(f"/loans/{loans[0]['id']}")
    assert loan["village_code"] == loans[0]["village_code"], "a contract keeps the village it was signed in"
    assert await officer.every("/households", region_code=new_code(lent))


async def test_an_officer_of_the_new_code_sees_what_was_lent_under_the_old_one(
    lent: Place, loans: list[dict[str, Any]]
) -> None:
    grants = [{"role": Role.TOWNSHIP, "region": new_code(lent)}]
    person = {"username": "township.new", "display_name": "新区街道经办", "password": SECRET, "grants": grants}
    await lent.county.offices["admin"].post("/people", {"people": [person]})
    officer = Caller(lent.http, "township.new", SECRET)
    assert {loan["id"] for loan in await officer.every("/loans")} == {loan["id"] for loan in loans}
    assert await sees(officer, f"/households/{loans[0]['household_id']}")


async def test_the_work_team_goes_on_in_its_villages_and_the_neighbours_see_no_more_than_before(
    lent: Place, loans: list[dict[str, Any]]
) -> None:
    team, offices = lent.county.offices.village_team(old_code(lent)), lent.county.offices
    villages = offices.townships[0].villages
    assert await regions_of(team) == {*villages, *(new_code(lent) + village[9:] for village in villages)}
    assert await sees(team, f"/households/{loans[0]['household_id']}")
    neighbour = offices.township(offices.townships[1].code)
    assert await regions_of(neighbour) == {offices.townships[1].code}
    assert not await sees(neighbour, f"/loans/{loans[0]['id']}")
    assert not await sees(neighbour, f"/households/{loans[0]['household_id']}")
    assert await offices["admin"].every("/ended-grants") == [], "one to one needs no decision"


async def test_the_gateway_shows_that_it_listens_and_the_books_agree(lent: Place, loans: list[dict[str, Any]]) -> None:
    ready = (await lent.http.get("/readyz")).json()
    assert (ready["parts"]["gateway-registry"], ready["parts"]["nats"]) == ("ok", "ok")
    assert (await result.reconcile(lent.platform, lent.county.folder)).differences == 0
