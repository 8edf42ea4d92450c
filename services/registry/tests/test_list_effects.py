"""What an entry bars, by which clause, and what the report counts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.standing.lists.rules import ListEffectRules, entity_effects, household_effects
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, get, post, registered, row
from services.registry.tests.listing_steps import UNKNOWN, decide, effects_of, malicious_default, plea, put_on_list
from shared.access import Role
from shared.testing.service import ServiceUnderTest

LIST_CLAUSES = {"barred_by_lists": "FJ-12", "blacklist_bars_support": "LG-22"}


@pytest.mark.clause("LG-22", "FJ-12(a)")
async def test_list_effects_say_what_is_barred_by_which_entry_and_clause(registry: ServiceUnderTest) -> None:
    listed, free = await registered(registry, row(1), row(2))
    by_hand = await put_on_list(registry, listed, list_name="dishonesty", cause="misuse")
    await malicious_default(registry, listed)
    answer = await post(
        registry,
        "/listing-effects",
        {"as_of": "2018-08-10", "household_ids": [free, UNKNOWN, listed]},
        Role.SERVICE,
        region="",
    )
    found = answer.json()
    assert found["unknown"] == [UNKNOWN]
    assert [(each["household_id"], each["clear"]) for each in found["standings"]] == [(free, True), (listed, False)]
    barred = {each["code"]: each for each in found["standings"][1]["barred"]}
    assert set(barred) == {"no-new-loan", "no-support", "no-grant", "no-project", "no-binding"}
    assert by_hand in barred["no-new-loan"]["listing_ids"]
    assert len(barred["no-new-loan"]["listing_ids"]) == 2
    assert (barred["no-new-loan"]["clause"], barred["no-grant"]["clause"]) == ("FJ-12", "LG-22")
    assert by_hand not in barred["no-grant"]["listing_ids"]
    before = await effects_of(registry, listed, "2018-06-30")
    assert (before["clear"], before["barred"]) == (True, [])


@pytest.mark.parametrize("query", ["", f"household_id={UNKNOWN}&entity_id={UNKNOWN}"])
async def test_list_effects_are_asked_for_one_subject(registry: ServiceUnderTest, query: str) -> None:
    answer = await get(registry, f"/listings/effects?as_of=2018-01-01&{query}", Role.BANK)
    assert (answer.status_code, answer.json()["code"]) == (422, "one-subject-needed")


async def test_list_effects_elsewhere_look_unknown(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    path = f"/listings/effects?household_id={household}&as_of=2018-01-01"
    answer = await get(registry, path, Role.TOWNSHIP, region="500236117")
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
    no_entity = await get(registry, f"/listings/effects?entity_id={UNKNOWN}&as_of=2018-01-01", Role.BANK)
    assert (no_entity.status_code, no_entity.json()["code"]) == (404, "entity-unknown")


async def test_the_report_counts_entries_and_appeals_by_township(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    listing = await put_on_list(registry, first)
    await put_on_list(registry, second, list_name="dishonesty", cause="misuse")
    await malicious_default(registry, first)
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE)).json()
    await decide(registry, appeal["id"], "accept", "2018-10-15")
    path = f"/reports/lists?region_code={COUNTY}&period_from=2018-01-01"
    year = (await get(registry, f"{path}&period_until=2019-01-01", Role.AUDITOR)).json()
    total = {key: value for key, value in year["total"].items() if value}
    assert total == {
        "households_on_dishonesty_list": 1,
        "households_on_blacklist": 1,
        "entered": 3,
        "cleared_by_appeal": 1,
        "appeals_filed": 1,
        "appeals_accepted": 1,
        "appeals_late": 1,
        "villages_cut": 1,
    }
    assert [(each["code"], each["name"], each["entered"]) for each in year["by_township"]] == [
        ("500236001", "永安街道", 2),
        ("500236117", "白帝镇", 1),
    ]
    before = (await get(registry, f"{path}&period_until=2018-09-20", Role.AUDITOR)).json()["total"]
    assert (before["appeals_open"], before["appeals_accepted"], before["appeals_late"]) == (1, 0, 0)
    empty = await get(registry, f"{path}&period_until=2018-01-01", Role.AUDITOR)
    assert (empty.status_code, empty.json()["code"]) == (422, "period-empty")


@pytest.mark.parametrize(
    ("name", "barred_by_lists", "bars_support", "codes"),
    [
        pytest.param("dishonesty", True, True, ["no-new-loan"], marks=pytest.mark.clause("FJ-12(a)")),
        pytest.param("dishonesty", False, True, [], marks=pytest.mark.clause("FJ-12(a)")),
        pytest.param(
            "blacklist",
            True,
            True,
            ["no-new-loan", "no-support", "no-grant", "no-project", "no-binding"],
            marks=pytest.mark.clause("LG-22"),
        ),
        pytest.param("blacklist", True, False, ["no-new-loan", "no-binding"], marks=pytest.mark.clause("LG-22")),
        pytest.param("blacklist", False, False, ["no-binding"], marks=pytest.mark.clause("LG-22")),
    ],
)
def test_the_pack_says_what_an_entry_bars(
    name: str, barred_by_lists: bool, bars_support: bool, codes: Sequence[str]
) -> None:
    rules = ListEffectRules(barred_by_lists, bars_support, LIST_CLAUSES)
    assert [effect.code for effect in household_effects(name, rules)] == codes


@pytest.mark.clause("LG-22")
@given(st.booleans(), st.booleans())
def test_the_blacklist_bars_all_that_the_dishonesty_list_bars(barred_by_lists: bool, bars_support: bool) -> None:
    rules = ListEffectRules(barred_by_lists, bars_support, LIST_CLAUSES)
    for effects in (household_effects, entity_effects):
        assert set(effects("dishonesty", rules)) <= set(effects("blacklist", rules))
        assert all(each.zh and each.en and each.clause for each in effects("blacklist", rules))
