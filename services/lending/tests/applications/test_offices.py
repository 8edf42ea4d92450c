"""An application passes through the offices that a county's document names, and nobody else's hands."""

from datetime import date
from typing import Any

import pytest

from services.lending.tests.applications.conftest import Lending
from services.lending.tests.applications.counties import Place, county
from shared.access import Role

OTHERS = (Role.SERVICE_CENTRE, Role.FINANCE_BUREAU, Role.POVERTY_OFFICE, Role.TOWNSHIP, Role.VILLAGE, Role.HELPER)
CHECKS = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}


async def _decided(place: Place, batch: str, stage: str, on: str, role: Role, office: str | None = None) -> Any:
    body: dict[str, Any] = {"stage": stage, "decision": "approve", "decided_on": on, "office": office}
    body |= {"checks": CHECKS} if stage == "village" else {}
    subject = f"{role} {office}"
    return (await place.post(f"/application-batches/{batch}/decisions", body, role, subject=subject)).json()


async def _only(place: Place, path: str, body: dict[str, Any], *allowed: Role) -> dict[str, Any]:
    """Let every role try a step and return the answer to the last that may; the others are refused by name."""
    for role in OTHERS:
        if role not in allowed:
            answer = await place.post(path, body, role)
            assert answer.status_code == 403, (path, role)
            assert answer.json()["code"] in ("other-office", "right-missing"), answer.text
    done = await place.post(path, body, allowed[-1])
    assert done.status_code == 201, done.text
    return dict(done.json())


async def _public(place: Place, batch: str, level: str, on: str, *allowed: Role) -> tuple[str, dict[str, int]]:
    """Hang a notice and take it down on its day; return that day and where the applications stand."""
    notice = await _only(
        place, f"/application-batches/{batch}/public-notices", {"level": level, "started_on": on}, *allowed
    )
    closing = {"closed_on": notice["ends_on"]}
    closed = await _only(place, f"/public-notices/{notice['id']}/closures", closing, *allowed)
    return notice["ends_on"], closed["states"]


@pytest.mark.clause("LG-9")
async def test_in_lingui_helper_village_township_and_poverty_office_act_and_no_service_centre(
    lending: Lending,
) -> None:
    place = await county(lending, "lingui", date(2018, 3, 5))
    batch = (await place.file(place.loan_request()))["id"]
    for role in (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE, Role.TOWNSHIP):
        refused = await _decided(place, batch, "village", "2018-03-05", role)
        assert (refused["code"], refused["values"]["offices"]) == ("other-office", ["helper", "village"])
    assert (await _decided(place, batch, "village", "2018-03-05", Role.HELPER))["waiting_for"] == ["village"]
    assert (await _decided(place, batch, "village", "2018-03-05", Role.VILLAGE))["states"] == {
        "village_public_notice": 1
    }
    day, _ = await _public(place, batch, "village", "2018-03-05", Role.VILLAGE)
    assert (await _decided(place, batch, "township", day, Role.POVERTY_OFFICE))["code"] == "other-office"
    assert (await _decided(place, batch, "township", day, Role.TOWNSHIP))["states"] == {"township_public_notice": 1}
    day, _ = await _public(place, batch, "township", day, Role.TOWNSHIP)
    assert (await _decided(place, batch, "county_centre", day, Role.SERVICE_CENTRE))["code"] == "other-office"
    await _decided(place, batch, "county_centre", day, Role.POVERTY_OFFICE)
    day, states = await _public(place, batch, "county", day, Role.POVERTY_OFFICE)
    assert states == {"approved": 1}
    await _only(place, f"/application-batches/{batch}/hand-overs", {"handed_over_on": day}, Role.POVERTY_OFFICE)
    recorded = await lending.service.database.pool.fetch(
        "SELECT office FROM decision UNION ALL SELECT office FROM public_notice UNION ALL SELECT office FROM hand_over"
    )
    assert sorted(row["office"] for row in recorded) == sorted(
        ["helper", "village", "township", "poverty_office", "village", "township", "poverty_office", "poverty_office"]
    )


@pytest.mark.clause("XX-6")
async def test_the_townships_risk_group_makes_the_first_review_with_it(lending: Lending) -> None:
    place = await county(lending, "xx-district", date(2020, 11, 10))
    batch = (await place.file(place.loan_request()))["id"]
    day, _ = await _public(place, batch, "village", "2020-11-10", Role.VILLAGE)
    unsaid = await _decided(place, batch, "township", day, Role.TOWNSHIP)
    assert (unsaid["code"], unsaid["values"]["offices"]) == ("office-ambiguous", ["township", "risk_group"])
    first = await _decided(place, batch, "township", day, Role.TOWNSHIP, "township")
    assert (first["advanced_count"], first["waiting_for"]) == (0, ["risk_group"])
    second = await _decided(place, batch, "township", day, Role.TOWNSHIP, "risk_group")
    assert (second["states"], second["waiting_for"]) == ({"township_public_notice": 1}, [])
