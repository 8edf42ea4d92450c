"""Policy packs: every mistake named, two officers, versions that rise, in force by date."""

from uuid import UUID

import httpx
import pytest

from services.registry.tests.county import PACK, PACK_TEXT, event, get
from shared.access import Role
from shared.events.registry import PolicyPackConfirmed
from shared.policy.pack import PolicyPack
from shared.testing.service import ServiceUnderTest

TEXT = PACK_TEXT


def _version(version: int, effective_from: str, supersedes: int = 1) -> str:
    """Return the county's pack as a later version."""
    return TEXT.replace("version: 1\n", f"version: {version}\n  supersedes: {supersedes}\n").replace(
        "effective_from: 2017-01-01", f"effective_from: {effective_from}"
    )


async def _submit(
    registry: ServiceUnderTest, text: str | bytes, subject: str = "maker", region: str = "500236"
) -> httpx.Response:
    headers = registry.headers(Role.POVERTY_OFFICE, subject=subject, region=region)
    return await registry.client.post("/api/v1/policy-packs", content=text, headers=headers)


async def _confirm(registry: ServiceUnderTest, pack_id: str, subject: str, region: str = "500236") -> httpx.Response:
    headers = registry.headers(Role.FINANCE_BUREAU, subject=subject, region=region)
    return await registry.client.post(f"/api/v1/policy-packs/{pack_id}/confirmations", headers=headers)


async def test_a_confirmed_pack_is_published_to_every_service_whole(regional_registry: ServiceUnderTest) -> None:
    pack = (await _submit(regional_registry, TEXT)).json()
    assert (pack["state"], pack["county_code"], pack["content_hash"]) == ("submitted", "500236", PACK.content_hash())
    assert await regional_registry.outbox() == []
    confirmed = (await _confirm(regional_registry, pack["id"], "checker")).json()
    assert (confirmed["state"], confirmed["submitted_by"], confirmed["confirmed_by"]) == (
        "confirmed",
        "maker",
        "checker",
    )
    [(name, data, version, region)] = await regional_registry.outbox()
    assert (name, version, region) == ("policy-pack-confirmed", 1, "500236")
    recorded = event(PolicyPackConfirmed, data)
    assert recorded.pack_id == UUID(pack["id"])
    assert PolicyPack.model_validate(recorded.content) == PACK.rules()


async def test_the_officer_who_submitted_may_not_confirm(regional_registry: ServiceUnderTest) -> None:
    pack = (await _submit(regional_registry, TEXT, subject="zhang")).json()
    answer = await _confirm(regional_registry, pack["id"], "zhang")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")


async def test_a_pack_is_confirmed_once(registry: ServiceUnderTest) -> None:
    pack_id = (await get(registry, "/policy-packs?county_code=500236", Role.BANK)).json()["items"][0]["id"]
    answer = await _confirm(registry, pack_id, "third")
    assert (answer.status_code, answer.json()["code"]) == (409, "policy-pack-already-confirmed")


async def test_mistakes_are_named_with_their_lines(regional_registry: ServiceUnderTest) -> None:
    wrong = TEXT.replace("  age_min_years:", "  age_minimum:").replace('"50000000.00"', "50000000.00")
    answer = await _submit(regional_registry, wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-pack-invalid")
    mistakes = answer.json()["values"]["mistakes"]
    assert all(mistake["line"] for mistake in mistakes)


@pytest.mark.parametrize("body", [b"\xff\xff", b"", b"- just\n- a list\n", b"x: 1\n" * 250_000])
async def test_what_is_no_pack_is_refused(regional_registry: ServiceUnderTest, body: bytes) -> None:
    answer = await _submit(regional_registry, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-pack-invalid")


async def test_versions_rise(registry: ServiceUnderTest) -> None:
    again = await _submit(registry, TEXT)
    assert (again.status_code, again.json()["code"]) == (409, "policy-pack-version-not-new")
    assert "version: 2" in again.json()["detail"]


async def test_a_pack_belongs_to_one_county(regional_registry: ServiceUnderTest) -> None:
    answer = await _submit(regional_registry, TEXT.replace('["500236"]', '["500236", "500237"]'))
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-pack-not-of-one-county")


async def test_an_officer_of_another_county_neither_submits_nor_confirms(regional_registry: ServiceUnderTest) -> None:
    answer = await _submit(regional_registry, TEXT, region="500237")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside-region")
    pack = (await _submit(regional_registry, TEXT)).json()
    answer = await _confirm(regional_registry, pack["id"], "checker", region="500237")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside-region")


async def test_the_pack_in_force_is_the_latest_that_has_begun(registry: ServiceUnderTest) -> None:
    later = _version(2, "2018-01-01")
    draft = (await _submit(registry, later)).json()
    path = "/policy-packs/current?county_code=500236&as_of="
    assert (await get(registry, f"{path}2018-06-01", Role.BANK)).json()["pack_version"] == 1
    await _confirm(registry, draft["id"], "checker")
    assert (await get(registry, f"{path}2018-06-01", Role.BANK)).json()["pack_version"] == 2
    assert (await get(registry, f"{path}2017-12-31", Role.BANK)).json()["pack_version"] == 1
    none = await get(registry, f"{path}2016-12-31", Role.BANK)
    assert (none.status_code, none.json()["code"]) == (409, "no-policy-pack-in-force")


async def test_an_unknown_pack_is_not_found(registry: ServiceUnderTest) -> None:
    answer = await get(registry, f"/policy-packs/{UUID(int=7)}", Role.BANK)
    assert (answer.status_code, answer.json()["code"]) == (404, "policy-pack-unknown")
