"""Record credit surveys (ZJ-1)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg import Record

from services.registry.credit.surveys.refusals import (
    AnswerMissing,
    AnswerNegative,
    HouseholdsEnded,
    IndicatorUnknown,
    SurveyExists,
    SurveyRepeated,
)
from services.registry.credit.surveys.rules.form import AnswerFaults, FormLine, collection_form, faults, form_of_part
from services.registry.credit.surveys.schemas import SurveyIn, SurveysIn, SurveysOut
from services.registry.policy.packs.queries import find_packs_in_force, get_packs_in_force
from services.registry.register.households.actions import surveyed
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.policy.in_force import ConfirmedPack
from shared.regions import county_of

_HOUSEHOLDS = """
SELECT id, village_code, ended_on FROM household
WHERE id = ANY ($1::uuid[]) AND village_code ^@ ANY ($2::text[]) ORDER BY id FOR UPDATE
"""
_DIFFERENT = """
SELECT s.household_id, s.collected_on
FROM unnest($1::uuid[], $2::date[], $3::text[], $4::text[]) AS a (household_id, day, answers, group_name)
JOIN credit_survey s ON s.household_id = a.household_id AND s.collected_on = a.day
  AND (s.answers <> a.answers::jsonb OR s.group_name IS DISTINCT FROM a.group_name)
ORDER BY 1, 2
"""
# The written order of the refusals: what does not belong, what is left out, what cannot be.
_REFUSALS: Final[Sequence[tuple[type[Any], Callable[[AnswerFaults], tuple[str, ...]]]]] = (
    (IndicatorUnknown, lambda each: each.unknown),
    (AnswerMissing, lambda each: each.missing),
    (AnswerNegative, lambda each: each.negative),
)


async def record_surveys(conn: Connection, officer: Principal, body: SurveysIn) -> SurveysOut:
    """Record what visits collected, each by the form of its village on its day; all or none.

    Raises:
        SurveyRepeated, HouseholdsUnknown, HouseholdsEnded, NoPackInForce, IndicatorUnknown,
        AnswerMissing, AnswerNegative, SurveyExists
    """
    times = Counter((each.household_id, each.collected_on) for each in body.surveys)
    if repeated := sorted({household for (household, _), count in times.items() if count > 1}):
        raise SurveyRepeated(repeated)
    households = await _households(conn, officer, body.surveys)
    await _ensure_answers(conn, body.surveys, households)
    columns = (
        [each.household_id for each in body.surveys],
        [each.collected_on for each in body.surveys],
        [_stored(each.answers) for each in body.surveys],
        [each.group_name for each in body.surveys],
    )
    done = await surveyed.store_surveys(conn, *columns, officer.subject)
    if different := await conn.fetch(_DIFFERENT, *columns):
        raise SurveyExists([(row["household_id"], row["collected_on"]) for row in different])
    if named := [each.household_id for each in body.surveys if each.group_name]:
        await surveyed.follow_groups(conn, named)
    recorded = int(done.split()[-1])
    return SurveysOut(recorded_count=recorded, already_recorded_count=len(body.surveys) - recorded)


async def _households(conn: Connection, officer: Principal, surveys: Sequence[SurveyIn]) -> dict[UUID, Record]:
    asked = {each.household_id for each in surveys}
    rows = await conn.fetch(_HOUSEHOLDS, list(asked), officer.regions_for(Right.SURVEYS_RECORD))
    found = {row["id"]: row for row in rows}
    if unknown := sorted(asked - found.keys()):
        raise HouseholdsUnknown(unknown)
    ended = [
        each.household_id
        for each in surveys
        if (day := found[each.household_id]["ended_on"]) is not None and day <= each.collected_on
    ]
    if ended:
        raise HouseholdsEnded(ended)
    return found


async def _ensure_answers(conn: Connection, surveys: Sequence[SurveyIn], households: Mapping[UUID, Record]) -> None:
    places = [(households[survey.household_id]["village_code"], survey.collected_on) for survey in surveys]
    forms = await _forms(conn, places)
    wrong: dict[UUID, AnswerFaults] = {}
    for survey, place in zip(surveys, places, strict=True):
        if found := faults(survey.answers, forms[place]):
            wrong[survey.household_id] = found
    asked = sorted({line.indicator.code for form in forms.values() for line in form if line.is_collected})
    for refusal, of_kind in _REFUSALS:
        if named := {household: of_kind(each) for household, each in wrong.items() if of_kind(each)}:
            raise refusal(named, asked)


async def _forms(conn: Connection, places: Sequence[tuple[str, date]]) -> dict[tuple[str, date], tuple[FormLine, ...]]:
    """Return the form that held in each village on each day; two reads a day, one form for each pack.

    Raises:
        NoPackInForce: a village has none for that day.
    """
    forms: dict[tuple[str, date], tuple[FormLine, ...]] = {}
    by_packs: dict[tuple[UUID, UUID], tuple[FormLine, ...]] = {}
    for on in sorted({day for _, day in places}):
        packs = await get_packs_in_force(conn, {village for village, day in places if day == on}, on)
        counties = await find_packs_in_force(conn, {county_of(village) for village in packs}, on)
        for village, own in packs.items():
            county = counties[county_of(village)] or own
            if (own.pack_id, county.pack_id) not in by_packs:
                by_packs[own.pack_id, county.pack_id] = _form(own, county)
            forms[village, on] = by_packs[own.pack_id, county.pack_id]
    return forms


def _form(own: ConfirmedPack, county: ConfirmedPack) -> tuple[FormLine, ...]:
    scheme = own.pack.rating_scheme()
    return (
        collection_form(scheme) if own.pack_id == county.pack_id else form_of_part(scheme, county.pack.rating_scheme())
    )


def _stored(answers: Mapping[str, Decimal]) -> str:
    return orjson.dumps({code: f"{value:f}" for code, value in answers.items()}).decode()
