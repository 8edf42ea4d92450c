"""Rate one household at a visit and grant its credit limit, by what was collected there (DY-4)."""

from collections.abc import Mapping
from typing import Any, Final

from services.registry.credit.certificates.actions import withdraw_of_fallen
from services.registry.credit.rating.final_sql import RATE_AT_VISIT
from services.registry.credit.rating.refusals import (
    GradeNotReached,
    NotRatedAtVisits,
    NotSurveyedThatDay,
    RatedAtOtherVisit,
)
from services.registry.credit.rating.rules.scoring import answers_of, credit_limit_of, grade_of, score
from services.registry.credit.rating.schemas import VisitRatingIn, VisitRatingOut
from services.registry.credit.surveys.refusals import HouseholdsEnded
from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.policy.packs.rules.schemes import own_scheme, scheme_of
from services.registry.register.households.members_sql import members_on
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.dates import add_months, ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.offices import Step, acting_for
from shared.policy.rating_terms import Grade, RatingScheme
from shared.policy.vocabulary import Office
from shared.scope import organisation_of

_HOUSEHOLD: Final = f"""
SELECT id, village_code, ended_on, s.answers, s.collected_by,
  s.answers || jsonb_build_object('member_count', {members_on("$3")}, 'labourer_count', labourer_count)
    AS facts
FROM household h
LEFT JOIN credit_survey s ON s.household_id = h.id AND s.collected_on = $3
WHERE h.id = $1 AND h.village_code ^@ ANY ($2::text[]) FOR UPDATE OF h
"""  # noqa: S608 - our own text
_STANDS: Final = """
SELECT v.*, r.score, r.grade, r.credit_limit, r.valid_from, r.valid_until
FROM visit_rating v JOIN rating r ON r.visit_id = v.visit_id WHERE v.visit_id = $1
"""
_RECORD: Final = """
INSERT INTO visit_rating (visit_id, household_id, bank_code, surveyed_on, surveyed_by, rated_on, rated_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_FORMER: Final = """
SELECT grade FROM rating WHERE household_id = $1 AND bank_code IS NOT DISTINCT FROM $2 AND valid_from <= $3
  AND valid_until > $3 ORDER BY valid_from DESC, id DESC LIMIT 1
"""


async def rate_at_visit(conn: Connection, officer: Principal, body: VisitRatingIn) -> VisitRatingOut:
    """Rate a household by the survey of a visit and grant its limit; the same visit asked again changes nothing.

    Raises:
        HouseholdsUnknown, NoPackInForce, NotRatedAtVisits, OtherOffice, OrganisationMissing, HouseholdsEnded,
        NotSurveyedThatDay, MakerIsChecker, DateBeforeStep, GradeNotReached, RatedAtOtherVisit
    """
    found = await _household(conn, officer, body)
    pack = (await get_pack_in_force(conn, found["village_code"], body.rated_on)).pack
    county = pack.rating_scheme()
    if not county.at_visit:
        raise NotRatedAtVisits(found["village_code"])
    office = acting_for(officer, Step.RATING_FINALISATION, found["village_code"], pack)
    bank = organisation_of(officer) if office is Office.BANK else body.bank_code
    _ensure_collected(officer, body, found)
    known = await conn.fetchrow(_STANDS, body.visit_id)
    if known is None:
        whose = bank if own_scheme(county, bank) is not None else None
        await _rate(conn, officer, body, found, scheme_of(county, whose), whose, office)
        known = await conn.fetchrow(_STANDS, body.visit_id)
    if (known["household_id"], known["surveyed_on"]) != (body.household_id, body.surveyed_on):
        raise RatedAtOtherVisit(body.visit_id)
    return VisitRatingOut.model_validate(dict(known))


async def _household(conn: Connection, officer: Principal, body: VisitRatingIn) -> Mapping[str, Any]:
    regions = officer.regions_for(Right.RATINGS_FINALISE)
    found: Mapping[str, Any] | None = await conn.fetchrow(_HOUSEHOLD, body.household_id, regions, body.surveyed_on)
    if found is None:
        raise HouseholdsUnknown([body.household_id])
    return found


def _ensure_collected(officer: Principal, body: VisitRatingIn, found: Mapping[str, Any]) -> None:
    if found["ended_on"] is not None and found["ended_on"] <= body.rated_on:
        raise HouseholdsEnded([body.household_id])
    if found["answers"] is None:
        raise NotSurveyedThatDay(body.household_id, body.surveyed_on)
    if found["collected_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("rated_on", body.rated_on, "surveyed_on", body.surveyed_on)


async def _rate(
    conn: Connection,
    officer: Principal,
    body: VisitRatingIn,
    found: Mapping[str, Any],
    scheme: RatingScheme,
    whose: str | None,
    office: Office,
) -> None:
    total = score(answers_of(found["facts"]), scheme).total
    grade = grade_of(total, scheme)
    if grade is None:
        raise GradeNotReached(total, min(each.score_min for each in scheme.grades))
    former = await conn.fetchval(_FORMER, body.household_id, whose, body.rated_on)
    surveyed = (body.surveyed_on, found["collected_by"])
    rated = (body.rated_on, officer.subject, str(office))
    await conn.execute(_RECORD, body.visit_id, body.household_id, whose, *surveyed, *rated)
    codes = [each.code for each in scheme.grades]
    limits = [credit_limit_of(code, scheme) for code in codes]
    days = (body.rated_on, add_months(body.rated_on, scheme.valid_months))
    keeps = scheme.earned_limit_kept is not False
    household = (body.household_id, found["village_code"], grade.code, total)
    given = await conn.fetchrow(RATE_AT_VISIT, body.visit_id, whose, *days, codes, limits, keeps, *household)
    if _is_lower(given["grade"], former, scheme.grades):
        await withdraw_of_fallen(conn, body.household_id, body.rated_on)


def _is_lower(code: str, former: str | None, grades: tuple[Grade, ...]) -> bool:
    places = {grade.code: place for place, grade in enumerate(grades)}  # best first
    return former in places and places[code] > places[former]
