"""Step 3: the rating: visits, scores, group reviews, public notice, final grades, credit areas, demonstrations."""

from datetime import date
from typing import Any

from shared.access import Right
from shared.offices import Step, offices_of
from shared.policy.vocabulary import Office
from tools.demo.county import County
from tools.demo.findings import Area, Demonstration, Rated

STEMS = "甲乙丙丁戊己庚辛壬癸"
VISITED_AT_ONCE = 500  # households in one request


async def visit_village(county: County) -> tuple[int, int]:
    """Collect the rating's facts again in one village by the form; return lines of the form and households visited."""
    known = county.households()
    village_code = min(household.village_code for household in county.population.registered)
    team = county.offices.village_team(village_code[:9])
    on = county.days.rated_on.isoformat()
    form = await team.get("/rating-forms", county_code=county.code, as_of=on)
    asked = [line["code"] for line in form["lines"] if line["is_collected"]]
    rows = await team.every("/households", region_code=village_code)
    surveys = [
        {"household_id": row["id"], "collected_on": on, "answers": _answers(known[row["household_number"]], asked)}
        for row in rows
    ]
    for start in range(0, len(surveys), VISITED_AT_ONCE):
        await team.post("/credit-surveys", {"surveys": surveys[start : start + VISITED_AT_ONCE]})
    return len(asked), len(surveys)


def _answers(household: Any, asked: list[str]) -> dict[str, int]:
    return {code: household.answers[code] for code in asked}


async def rate_households(county: County) -> Rated:
    """Score, review in the group, put on public notice, finalise; return what came of it."""
    centre, days = county.offices.with_right(Right.RATINGS_SCORE), county.days
    campaign = await centre.post(
        "/rating-campaigns",
        {"county_code": county.code, "year": days.starts_on.year, "as_of": days.rated_on.isoformat()},
    )
    path = f"/rating-campaigns/{campaign['id']}"
    await centre.post(f"{path}/scores", {"facts_as_of": days.rated_on.isoformat()})
    await _review(county, path)
    notice = await centre.post(f"{path}/public-notices", {"started_on": days.published_on.isoformat()})
    final_on = notice["public_notice_ends_on"]
    chief = county.taking(Step.RATING_FINALISATION, place=1)
    final = await chief.post(f"{path}/finalisations", {"finalised_on": final_on})
    progress = await centre.get(f"{path}/progress", as_of=final_on)
    return Rated(
        final_on=date.fromisoformat(final_on),
        households_by_grade={row["grade"]: row["household_count"] for row in final["grades"]},
        rated_households=progress["rated_count"],
        rated_percent=str(progress["rated_percent"]),
        credit_limit_total=progress["credit_limit_total"],
        areas=tuple(Area(row["level"], row["area_count"], row["credit_count"]) for row in final["areas"]),
    )


async def _review(county: County, path: str) -> None:
    wanted = county.pack.rating_scheme().group_review_members_min
    members = [
        f"评议员{STEMS[number // 10 - 1] if number >= 10 else ''}{STEMS[number % 10]}" for number in range(wanted)
    ]
    by_township = Office.TOWNSHIP in (offices_of(county.pack, Step.RATING_REVIEW) or (Office.TOWNSHIP,))
    for township in county.offices.townships:
        reviewer = county.offices.reviewer if by_township else county.offices.village_team
        for region_code in (township.code,) if by_township else township.villages:
            body = {
                "region_code": region_code,
                "members": members,
                "reviewed_on": county.days.rated_on.isoformat(),
                "adjustments": [],
            }
            await reviewer(township.code).post(f"{path}/reviews", body)


async def choose_demonstrations(county: County, on: date) -> Demonstration:
    """Choose the year's demonstration villages and households: one officer proposes, another confirms."""
    choice = await county.offices.with_right(Right.DEMONSTRATIONS_PROPOSE).post(
        "/demonstration-choices", {"county_code": county.code, "year": on.year, "as_of": on.isoformat()}
    )
    decided = await county.offices.with_right(Right.DEMONSTRATIONS_DECIDE, place=1).post(
        f"/demonstration-choices/{choice['id']}/decisions", {"decision": "confirm", "decided_on": on.isoformat()}
    )
    return Demonstration(
        villages=decided["village_count"],
        villages_requested=decided["villages_requested"],
        households=decided["household_count"],
        households_requested=decided["households_requested"],
    )
