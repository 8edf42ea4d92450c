"""A province's base: two signatures there, then its counties may rest on it, each at the version it names (SX-9)."""

import httpx

from services.registry.tests.bases import BASE_TEXT, PROVINCE, confirm_base, post, set_base, submit_base
from services.registry.tests.county import get
from services.registry.tests.on_file import put_regions
from shared.access import Role
from shared.policy.bases import BASES
from shared.policy.load import load_base
from shared.testing.service import ServiceUnderTest

KELAN_TEXT = (BASES.parent / "packs" / "kelan.yaml").read_text(encoding="utf-8")
COUNTY = "140929"
SECOND = BASE_TEXT.replace("  version: 1\n", "  version: 2\n  supersedes: 1\n").replace(
    'value: "50000.00", clause: SX-9', 'value: "40000.00", clause: SX-9'
)


async def submit_kelan(registry: ServiceUnderTest, text: str = KELAN_TEXT) -> httpx.Response:
    """Submit Kelan's pack as its county's poverty office."""
    return await post(registry, "/policy-packs", Role.POVERTY_OFFICE, COUNTY, text)


async def test_a_county_rests_on_its_provinces_base_once_two_officers_there_have_signed_it(
    regional_registry: ServiceUnderTest,
) -> None:
    registry = regional_registry
    await put_regions(registry, [f"{COUNTY}001201"])
    early = await submit_kelan(registry)
    assert (early.status_code, early.json()["code"]) == (422, "policy-pack-invalid")
    assert "shanxi version 1 is not here" in early.text
    submitted = await submit_base(registry)
    assert (submitted.json()["state"], submitted.json()["region_code"]) == ("submitted", PROVINCE)
    still = await submit_kelan(registry)
    assert still.status_code == 422, "a base that one officer signed is no base yet"
    own = await confirm_base(registry, submitted.json()["id"], subject="maker")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    confirmed = await confirm_base(registry, submitted.json()["id"])
    assert confirmed.json()["state"] == "confirmed"
    again = await confirm_base(registry, submitted.json()["id"], subject="third")
    assert (again.status_code, again.json()["code"]) == (409, "policy-base-already-confirmed")
    pack = await submit_kelan(registry)
    assert pack.status_code == 201, pack.text
    shown = (await get(registry, f"/policy-packs/{pack.json()['id']}", Role.BANK)).json()["content"]
    assert shown["based_on"]["content_hash"] == load_base(BASES / "shanxi.yaml").content_hash()
    assert shown["lending"]["amount_max"]["layer"] == "shanxi"
    assert shown["lending"]["amount_min"]["layer"] is None


async def test_a_new_version_of_the_base_waits_for_each_county_and_says_who_rests_on_which(
    regional_registry: ServiceUnderTest,
) -> None:
    registry = regional_registry
    await put_regions(registry, [f"{COUNTY}001201"])
    first = await set_base(registry)
    pack = (await submit_kelan(registry)).json()
    path = f"/policy-packs/{pack['id']}/confirmations"
    confirmed = await post(registry, path, Role.FINANCE_BUREAU, COUNTY, subject="checker")
    assert confirmed.status_code == 201, confirmed.text
    second = await set_base(registry, SECOND)
    held = {each["version"]: each for each in (await get(registry, "/policy-bases", Role.BANK)).json()["items"]}
    assert (held[1]["id"], held[2]["id"]) == (first, second)
    assert (held[1]["resting"], held[2]["resting"]) == ([f"{COUNTY} kelan"], [])
    kept = (await get(registry, f"/policy-packs/{pack['id']}", Role.BANK)).json()["content"]
    assert kept["lending"]["amount_max"]["value"] == "50000.00"
    adopting = KELAN_TEXT.replace("{code: shanxi, version: 1}", "{code: shanxi, version: 2}")
    adopting = adopting.replace("  version: 1\n", "  version: 2\n  supersedes: 1\n", 1)
    adopting = adopting.split("\nexamples:\n")[0].replace(
        '{code: A, credit_limit: "50000.00"}', '{code: A, credit_limit: "40000.00"}'
    )
    adopted = await submit_kelan(registry, adopting)
    assert adopted.status_code == 201, adopted.text
    differs = await get(registry, f"/policy-packs/{adopted.json()['id']}/differences", Role.BANK)
    said = {each["key"]: each["en"] for each in differs.json()["differences"]}
    assert said["based_on"] == "based_on: changed from shanxi version 1 to shanxi version 2."
    assert said["lending.amount_max"].endswith("changed from 50000.00 to 40000.00 (shanxi: SX-9).")


async def test_a_base_is_the_provinces_own_act_and_its_versions_follow_each_other(
    regional_registry: ServiceUnderTest,
) -> None:
    registry = regional_registry
    county = await post(registry, "/policy-bases", Role.POVERTY_OFFICE, COUNTY, BASE_TEXT)
    assert (county.status_code, county.json()["code"]) == (403, "outside-region")
    skipped = await submit_base(registry, SECOND)
    assert (skipped.status_code, skipped.json()["code"]) == (409, "policy-base-version-not-next")
    assert skipped.json()["values"]["latest"] == 0
    wrong = await submit_base(registry, BASE_TEXT.replace("amount_max", "amount_most"))
    assert (wrong.status_code, wrong.json()["code"]) == (422, "policy-pack-invalid")
    missing = await get(registry, "/policy-bases/00000000-0000-7000-8000-000000000000", Role.BANK)
    assert (missing.status_code, missing.json()["code"]) == (404, "policy-base-unknown")
