"""Any order of changes keeps the register whole: one head, nobody twice, counts equal, versions without a gap."""

import asyncio
from collections.abc import Coroutine
from itertools import count
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, registered, resident_id, row
from services.registry.tests.family import change, decide, new_head, person, propose
from shared.testing.service import ServiceUnderTest

T = TypeVar("T")
Row = dict[str, Any]
HOUSEHOLDS = 12
STEPS_MAX = 20
# What a step tries; the numbers choose among households and members, so every order of changes can be drawn.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["join", "join", "join", "leave", "die", "lead", "lead", "split", "merge", "move", "correct", "end"]
        ),
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    min_size=10,
    max_size=STEPS_MAX,
)
KINDS_REACHED_MIN = 6  # or the orders drawn would prove little
_BROKEN = {
    "a person twice": """
SELECT resident_id_index FROM member WHERE left_on IS NULL GROUP BY 1 HAVING count(*) > 1""",
    "not one head": """
SELECT h.id FROM household h LEFT JOIN member m ON m.household_id = h.id AND m.is_head AND m.left_on IS NULL
GROUP BY h.id HAVING count(m.id) <> (h.ended_on IS NULL)::int""",
    "members of an ended household": """
SELECT h.id FROM household h JOIN member m ON m.household_id = h.id AND m.left_on IS NULL
WHERE h.ended_on IS NOT NULL""",
    "counts": """
SELECT h.id FROM household h JOIN member m ON m.household_id = h.id AND m.left_on IS NULL
GROUP BY h.id HAVING h.member_count <> count(*) OR h.labourer_count <> count(*) FILTER (WHERE m.labour <> 'unable')""",
    "village": """
SELECT h.id FROM household h WHERE h.village_code <> (SELECT village_code FROM household_village w
WHERE w.household_id = h.id ORDER BY valid_from DESC, id DESC LIMIT 1)""",
    "versions": """
SELECT h.id FROM household h LEFT JOIN outbox o ON o.aggregate_id = h.id
GROUP BY h.id HAVING h.version <> count(o.*) OR h.version <> max(o.aggregate_version)""",
    "a person who vanished": """
SELECT m.resident_id_index FROM member m GROUP BY 1
HAVING bool_and(m.left_reason IN ('split', 'merged') AND m.left_on IS NOT NULL)""",
}


async def test_any_order_of_changes_keeps_the_register_whole(registry: ServiceUnderTest) -> None:
    await registered(registry, *(row(place, member_count=1, labourer_count=1) for place in range(HOUSEHOLDS)))
    loop = asyncio.get_running_loop()
    places = count(20)

    def waits(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result()

    # Each drawn order goes on from where the last one left the register.
    @settings(max_examples=20, deadline=None, derandomize=True, database=None)
    @given(STEPS)
    def run(steps: list[tuple[str, int, int]]) -> None:
        for step in steps:
            waits(_take(registry, *step, next(places)))
            waits(_ensure_whole(registry))

    await asyncio.to_thread(run)
    done = await registry.database.pool.fetch(
        "SELECT kind, count(*) FROM change_request WHERE state = 'approved' GROUP BY 1"
    )
    assert len(done) >= KINDS_REACHED_MIN, done


async def _ensure_whole(registry: ServiceUnderTest) -> None:
    for what, statement in _BROKEN.items():
        assert await registry.database.pool.fetch(statement) == [], what


async def _take(registry: ServiceUnderTest, kind: str, one: int, two: int, place: int) -> None:
    """Try one step; whatever is refused is refused by name and leaves the register as it is."""
    body = await _body(registry, kind, one, two, place)
    if body is None:
        return
    proposed = await propose(registry, body)
    if proposed.status_code != 201:
        assert proposed.status_code in (404, 409, 422), proposed.text
        assert proposed.json()["code"] != "invalid-request", proposed.text
        return
    decided = await decide(registry, proposed.json()["id"])
    assert decided.status_code == 201, decided.text


async def _body(registry: ServiceUnderTest, kind: str, one: int, two: int, place: int) -> Row | None:
    pool = registry.database.pool
    households = await pool.fetch("SELECT id::text, village_code FROM household WHERE ended_on IS NULL ORDER BY id")
    if not households:
        return None
    household = households[one % len(households)]["id"]
    active = await pool.fetch(
        "SELECT id::text, is_head FROM member WHERE household_id = $1::uuid AND left_on IS NULL ORDER BY id", household
    )
    member = active[two % len(active)]["id"]
    others = [each["id"] for each in active if each["id"] != member]
    match kind:
        case "join":
            facts = person(place, cause="born", labour=("able", "unable")[two % 2], resident_id=_number(place))
            return {"kind": "member_added", "household_id": household, **facts}
        case "leave" | "die":
            reason = "death" if kind == "die" else "married_out"
            heir = new_head(others[0], **dict.fromkeys(others[1:], "other")) if others else None
            is_head = next(each["is_head"] for each in active if each["id"] == member)
            return change(
                "member_left", household, member_id=member, left_reason=reason, new_head=heir if is_head else None
            )
        case "lead":
            return change("head_changed", household, new_head=new_head(member, **dict.fromkeys(others, "other")))
        case "split":
            going = [each["id"] for each in active if not each["is_head"]][: 1 + two % 2]
            related = [{"member_id": each, "relation": "child" if at else "head"} for at, each in enumerate(going)]
            return change(
                "household_split",
                household,
                members=related,
                new_household_number=f"SP{place}",
                village_code=OTHER_VILLAGE,
                credit_record="none",
            ) if going else None  # fmt: skip
        case "merge":
            into = households[two % len(households)]["id"]
            related = [{"member_id": each["id"], "relation": "other"} for each in active]
            return change("households_merged", household, into_household_id=into, relations=related)
        case "move":
            village = (VILLAGE, OTHER_VILLAGE, "500237100201")[min(two // 23, 2)]
            return change("household_moved", household, village_code=village)
        case "correct":
            return change("member_corrected", household, member_id=member, labour=("able", "partly", "unable")[two % 3])
    return change("household_ended", household, end_reason="error") if two > 35 else None


def _number(place: int) -> str:
    return resident_id(place % 490, f"{1985 + place // 490}0505")
