"""Grants follow official codes: what was one to one goes on by itself, what was merged or split waits for people."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.regions.rules.lineage import Lineage, Succession
from services.gateway.regions.rules.widening import GRANTS_ROOM_BYTES, is_decided, widened
from services.gateway.tests.histories import AS_OF, FIRST_DAY, History, made_up
from shared.access import Grant, Role

TOWNSHIP, RECODED = "500236001", "500236301"
VILLAGE = TOWNSHIP + "201"
TODAY = date(2024, 6, 1)

histories = st.builds(made_up, st.randoms(use_true_random=False), st.integers(0, 12))


def recorded(*changes: list[tuple[str, str]], on: date = FIRST_DAY) -> list[Succession]:
    """Return the successions of changes, one list of pairs each, in the order in which they were recorded."""
    return [
        Succession(
            UUID(int=number),
            on,
            source,
            target,
            [s for s, _ in pairs].count(source),
            [t for _, t in pairs].count(target),
        )
        for number, pairs in enumerate(changes, 1)
        for source, target in pairs
    ]


def reach(region: str, *changes: list[tuple[str, str]], role: Role = Role.TOWNSHIP) -> set[str]:
    """Return the regions that a grant on one reaches after the changes."""
    return {each.region for each in widened([Grant(role, region)], Lineage(recorded(*changes), TODAY)).grants}


@pytest.mark.clause("SX-7")
def test_a_recoded_township_keeps_its_officers_and_the_officers_keep_its_history() -> None:
    change = [(TOWNSHIP, RECODED)]
    assert reach(TOWNSHIP, change) == reach(RECODED, change) == {TOWNSHIP, RECODED}
    assert reach(VILLAGE, change) == {VILLAGE, RECODED + "201"}
    assert reach("500236", change) == {"500236"}
    assert reach("500236002", change) == {"500236002"}


def test_a_region_recoded_twice_is_followed_through() -> None:
    changes = [(VILLAGE, TOWNSHIP + "209")], [(TOWNSHIP, RECODED)], [(RECODED + "209", RECODED + "210")]
    codes = {VILLAGE, TOWNSHIP + "209", RECODED + "209", RECODED + "210"}
    assert reach(VILLAGE, *changes) == reach(RECODED + "210", *changes) == codes
    # A code that had ended does not go along with its township.
    assert RECODED + "201" not in reach(VILLAGE, *changes)


def test_what_was_merged_belongs_to_the_whole_and_is_not_widened_silently() -> None:
    merged, first, second = "500236009", "500236001", "500236002"
    change = [(first, merged), (second, merged)]
    assert reach(merged, change) == {merged, first, second}
    assert reach(first, change) == {first}
    # Below them the villages went along one to one, so their officers go on.
    # (Which of the two the village came from is not recorded; a code that never was has no records.)
    codes = {first + "201", second + "201", merged + "201"}
    assert reach(first + "201", change) == reach(merged + "201", change) == codes


def test_the_code_that_remains_takes_the_others_over() -> None:
    assert reach("500236001", [("500236001", "500236001"), ("500236002", "500236001")]) == {"500236001", "500236002"}


def test_of_a_split_each_part_covers_only_what_it_took() -> None:
    old, first, second = "500236001", "500236008", "500236009"
    change = [(old, first), (old, second), (old + "201", first + "201"), (old + "202", second + "202")]
    assert reach(first, change) == {first, old + "201"}
    assert reach(old, change) == {old}
    assert reach(old + "202", change) == {old + "202", second + "202"}
    # Somebody above both parts sees the whole past.
    assert reach("500236", change) == {"500236"}
    other_county = [(old, "500237008"), (old, "500237009")]
    assert reach("500237", other_county) == {"500237", old}
    assert reach("500237", [(old, "500237008"), (old, "500238009")]) == {"500237"}


def test_a_region_that_was_merged_later_is_kept_as_it_stood() -> None:
    changes = [(TOWNSHIP, RECODED)], [(RECODED, "500236400"), ("500236002", "500236400")]
    assert reach(TOWNSHIP, *changes) == reach(RECODED, *changes) == {TOWNSHIP, RECODED}
    assert reach("500236400", *changes) == {"500236400", TOWNSHIP, RECODED, "500236002"}


def test_a_change_of_tomorrow_changes_nothing_today() -> None:
    tomorrow = recorded([(TOWNSHIP, RECODED)], on=TODAY + timedelta(days=1))
    assert widened([Grant(Role.TOWNSHIP, TOWNSHIP)], Lineage(tomorrow, TODAY)).grants == (
        Grant(Role.TOWNSHIP, TOWNSHIP),
    )


def test_a_recoded_county_of_four_hundred_villages_is_one_more_prefix() -> None:
    moved = [(f"500236{n // 20:03}{n % 20:03}", f"500236{n // 20:03}{n % 20 + 500:03}") for n in range(400)]
    assert reach("500236", moved, [("500236", "500299")]) == {"500236", "500299"}
    assert reach("500299", moved, [("500236", "500299")]) == {"500236", "500299"}


def test_each_role_keeps_to_its_own_regions_and_the_whole_country_stays_as_it_is() -> None:
    grants = [Grant(Role.TOWNSHIP, TOWNSHIP), Grant(Role.AUDITOR, ""), Grant(Role.BANK, "500236")]
    after = widened(grants, Lineage(recorded([(TOWNSHIP, "500237001")]), TODAY)).grants
    assert after == (*grants, Grant(Role.TOWNSHIP, "500237001"))


def test_present_regions_come_before_earlier_ones_where_there_is_not_room_for_all() -> None:
    moved = [(f"500237{n:06}", f"500236{n:06}") for n in range(1500)]
    grants = [Grant(Role.POVERTY_OFFICE, "500236"), Grant(Role.VILLAGE, moved[0][0])]
    after = widened(grants, Lineage(recorded(moved), TODAY))
    assert after.grants[:3] == (*grants, Grant(Role.VILLAGE, moved[0][1]))
    assert len(after.left_out) > 100
    assert len(after.grants) + len(after.left_out) == 3 + len(moved)
    assert sum(len(f'["{each.role}","{each.region}"],') for each in after.grants) <= GRANTS_ROOM_BYTES


def test_an_ended_region_is_decided_once_a_successor_was_granted() -> None:
    lineage = Lineage(recorded([("500236001", "500236009"), ("500236002", "500236009")]), TODAY)
    assert lineage.home_of("500236001").ended_on == FIRST_DAY
    assert lineage.became("500236001") == {"500236009"}
    assert is_decided(["500236009"], ["500236009201"], lineage)
    assert is_decided(["500236009"], ["500236"], lineage)
    assert not is_decided(["500236009"], ["500236002", "500237"], lineage)


@given(histories)
def test_a_code_goes_where_it_went(history: History) -> None:
    lineage = Lineage(history.recorded, AS_OF)
    for code, now in history.became.items():
        assert lineage.became(code) == now
        home, ended = history.home[code]
        assert (lineage.home_of(code).code, lineage.home_of(code).ended_on is not None) == (home, ended)


@given(histories)
def test_an_officer_sees_all_that_became_wholly_part_of_the_region_and_nothing_else(history: History) -> None:
    lineage = Lineage(history.recorded, AS_OF)
    for region in history.in_force:
        covered = lineage.covered_by(region)
        for code, now in history.became.items():
            belongs = all(each.startswith(region) for each in now)
            seen = any(code.startswith(each) for each in covered)
            assert seen or not belongs or history.came_late(code)
            assert belongs or code == region or code not in covered


@given(histories, st.integers(0, 50))
def test_widening_takes_nothing_away_and_the_order_of_telling_changes_nothing(history: History, pick: int) -> None:
    lineage = Lineage(history.recorded, AS_OF)
    region = sorted(history.became)[pick % len(history.became)]
    once = widened([Grant(Role.TOWNSHIP, region)], lineage).grants
    assert once[0] == Grant(Role.TOWNSHIP, region)
    assert len(set(once)) == len(once)
    assert set(once) <= set(widened(once, lineage).grants)
    shuffled = list(history.recorded)
    Random(pick).shuffle(shuffled)
    assert widened([Grant(Role.TOWNSHIP, region)], Lineage(shuffled, AS_OF)).grants == once
