"""Where the pack has campaigns alone rate, no visit does (DY-4)."""

from services.registry.tests.county import post, registered, row
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


async def test_a_household_is_rated_at_a_visit_only_where_the_pack_says_so(registry: ServiceUnderTest) -> None:
    (household,) = await registered(registry, row(1))
    body = {"visit_id": str(new_id()), "household_id": household, "surveyed_on": "2017-03-01", "rated_on": "2017-03-01"}
    refused = await post(registry, "/visit-ratings", body, Role.SERVICE_CENTRE)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-rated-at-visits")
    elsewhere = await post(registry, "/visit-ratings", body, Role.SERVICE_CENTRE, region="500237")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "households-unknown")
