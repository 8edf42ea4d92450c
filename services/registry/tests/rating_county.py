"""Households set down for rating tests straight in the tables, and a campaign driven by the officers of its steps."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

import httpx

from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from services.registry.tests.county import COLLECTED_ON, COUNTY, GOOD_ANSWERS, VILLAGE, get, post, resident_id
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

REVIEW: Final[Mapping[str, Any]] = {"reviewed_on": "2017-01-05", "members": ["甲", "乙", "丙"]}
POOR: Final = {**GOOD_ANSWERS, "income_annual": 0, "migrant_workers": 0, "spending_annual": 1}  # 55 points, grade C
FAILING: Final = {**dict.fromkeys(GOOD_ANSWERS, 0), "bad_records": 9, "children_at_school": 9}  # below every band

_HOUSEHOLDS = """
INSERT INTO household (id, county_code, number, village_code, group_name, version, poverty_state, poverty_state_from,
  registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record, split_from_id)
SELECT id, left(village, 6), number, village, nullif(place, ''), 1, state, '2014-01-01', '2014-01-01', 4, 2,
       'full', true, 'clean', id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) AS h (id, number, village, place, state)
"""
_STATES = """
INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)
SELECT id, state, '2014-01-01', 'test', 'test' FROM unnest($1::uuid[], $2::text[]) AS h (id, state)
"""
_SURVEYS = """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by)
SELECT id, $3, answers::jsonb, 'test' FROM unnest($1::uuid[], $2::text[]) AS s (id, answers) WHERE answers <> ''
"""
_HEADS = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  joined_on)
SELECT uuid7(), id, true, 'head', name, number, place, '1980-01-01', '2014-01-01'
FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[]) AS m (id, name, number, place)
"""


@dataclass(frozen=True)
class Home:
    """One household to set down; `answers` None leaves it without a survey."""

    village: str = VILLAGE
    group: str = ""
    answers: Mapping[str, int] | None = field(default_factory=lambda: GOOD_ANSWERS)
    state: str = "registered"
    head: str | None = None  # a head whose name somebody in a rating group may bear


async def settled(registry: ServiceUnderTest, homes: Sequence[Home], collected_on: date = COLLECTED_ON) -> list[str]:
    """Set households down with their surveys and, where named, their heads; return their ids in order."""
    pool, ids = registry.database.pool, [new_id() for _ in homes]
    start = await pool.fetchval("SELECT count(*) FROM household")
    numbers = [f"H{start + place:06d}" for place in range(len(homes))]
    villages, groups = [home.village for home in homes], [home.group for home in homes]
    states = [home.state for home in homes]
    await pool.execute(_HOUSEHOLDS, ids, numbers, villages, groups, states)
    await pool.execute(_STATES, ids, states)
    answers = ["" if home.answers is None else json.dumps(dict(home.answers)) for home in homes]
    await pool.execute(_SURVEYS, ids, answers, collected_on)
    cipher = registry.app.state.cipher
    heads = [(each, home.head, resident_id(place)) for place, (each, home) in enumerate(zip(ids, homes, strict=True))]
    named = [(each, name, number) for each, name, number in heads if name is not None]
    await pool.execute(
        _HEADS,
        [each for each, _, _ in named],
        [cipher.encrypt(name, NAME_CONTEXT) for _, name, _ in named],
        [cipher.encrypt(number, RESIDENT_ID_CONTEXT) for _, _, number in named],
        [cipher.index(number) for _, _, number in named],
    )
    return [str(each) for each in ids]


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


class Campaign:
    """A county's campaign, driven by the officers whose steps they are."""

    def __init__(self, registry: ServiceUnderTest, campaign_id: str) -> None:
        self.registry = registry
        self.id = campaign_id
        self.path = f"/rating-campaigns/{campaign_id}"

    @classmethod
    async def opened(cls, registry: ServiceUnderTest, year: int = 2017, **other: Any) -> "Campaign":
        """Open the county's campaign of a year, on facts as of 5 January."""
        body = {"county_code": COUNTY, "year": year, "as_of": f"{year}-01-05", **other}
        answer = await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)
        assert answer.status_code == 201, answer.text
        return cls(registry, answer.json()["id"])

    async def do(self, step: str, body: Any = None, role: Role = Role.SERVICE_CENTRE, **other: str) -> httpx.Response:
        """Take one step and return the answer."""
        return await post(self.registry, f"{self.path}/{step}", body, role, **other)

    async def read(self, what: str = "", role: Role = Role.TOWNSHIP, **other: str) -> Any:
        """Return what a read answers."""
        answer = await get(self.registry, f"{self.path}{what}", role, **other)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def review(self, **other: Any) -> httpx.Response:
        """Review as the township's group."""
        region = other.pop("region", COUNTY)
        return await self.do("reviews", {**REVIEW, **other}, Role.TOWNSHIP, region=region)

    async def shown(self, started_on: str = "2017-01-06", **review: Any) -> "Campaign":
        """Score, review and put on public notice."""
        for answer in (
            await self.do("scores"),
            await self.review(**review),
            await self.do("public-notices", {"started_on": started_on}),
        ):
            assert answer.status_code == 201, answer.text
        return self

    async def final(self, finalised_on: str = "2017-01-13") -> dict[str, Any]:
        """Make the grades final; return the campaign."""
        answer = await self.do("finalisations", {"finalised_on": finalised_on})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def ratings(registry: ServiceUnderTest, as_of: str, **query: str) -> dict[str, tuple[str | None, str | None]]:
    """Return grade and credit limit of the county's households on a day, by household."""
    more = "".join(f"&{key}={value}" for key, value in query.items())
    answer = await get(registry, f"/ratings?region_code={COUNTY}&as_of={as_of}&limit=500{more}", Role.TOWNSHIP)
    assert answer.status_code == 200, answer.text
    return {each["household_id"]: (each["grade"], each["credit_limit"]) for each in answer.json()["items"]}


def uuids(ids: Sequence[str]) -> list[UUID]:
    """Return the ids as the database takes them."""
    return [UUID(each) for each in ids]
