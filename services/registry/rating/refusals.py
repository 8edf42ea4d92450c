"""Why a step of a rating campaign is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused


class CampaignUnknown(NotFound):
    """No such campaign, or not in the caller's region."""

    code = "rating-campaign-unknown"
    title = "评级批次不存在 Rating campaign unknown"

    def __init__(self, campaign_id: UUID) -> None:
        super().__init__(f"There is no rating campaign {campaign_id} in your region.", campaign_id=str(campaign_id))


class CampaignExists(Refused):
    """The county's campaign of that year is open already."""

    code = "rating-campaign-exists"
    title = "该年度评级已开始 Rating campaign exists"

    def __init__(self, county_code: str, year: int) -> None:
        super().__init__(
            f"County {county_code} has a rating campaign of {year} already; go on with that one.",
            county_code=county_code,
            year=year,
        )


class WrongCampaignState(Refused):
    """The campaign is at another step."""

    code = "wrong-campaign-state"
    title = "评级批次状态不符 Wrong campaign state"

    def __init__(self, state: str, needed: Sequence[str], step: str) -> None:
        super().__init__(
            f"The campaign is '{state}'; '{step}' needs it to be {' or '.join(needed)}.",
            state=state,
            needed=list(needed),
        )


class ReviewGroupTooSmall(Refused):
    """Too few people reviewed."""

    code = "review-group-too-small"
    title = "评议小组人数不足 Review group too small"
    clause = "ZJ-1"

    def __init__(self, members: int, members_min: int) -> None:
        super().__init__(
            f"{members} different members reviewed; the group needs at least {members_min}. "
            "Name the others and send the review again.",
            members=members,
            members_min=members_min,
        )


class AdjustmentInvalid(Invalid):
    """A grade the pack does not know, or a household that is not part of this review."""

    code = "rating-adjustment-invalid"
    title = "评级调整有误 Rating adjustment invalid"

    def __init__(self, what: str, household_ids: Sequence[UUID]) -> None:
        super().__init__(
            f"{len(household_ids)} adjustments are wrong: {what}; correct them and send the review again.",
            household_ids=[str(each) for each in household_ids[:50]],
        )


class NotYetReviewed(Refused):
    """Some scored households were not reviewed by a rating group."""

    code = "rating-not-yet-reviewed"
    title = "尚有农户未评议 Not yet reviewed"
    clause = "ZJ-1"

    def __init__(self, count: int, townships: Sequence[str]) -> None:
        super().__init__(
            f"{count} scored households were not reviewed yet (townships {', '.join(townships[:10])}); "
            "have their groups review them first.",
            count=count,
            townships=list(townships),
        )


class PublicityStillRuns(Refused):
    """The result is still on show."""

    code = "rating-publicity-still-runs"
    title = "评级公示期未满 Publicity still runs"
    clause = "ZJ-1"

    def __init__(self, ends_on: date, asked: date) -> None:
        super().__init__(
            f"The rating is on show until {ends_on}; it cannot become final on {asked}. Choose {ends_on} or later.",
            ends_on=ends_on.isoformat(),
        )


class PublicityBeforeFacts(Invalid):
    """The result cannot be shown before the day of its facts."""

    code = "publicity-before-facts"

    def __init__(self, started_on: date, as_of: date) -> None:
        super().__init__(
            f"The campaign rates facts as of {as_of}; its publicity cannot start on {started_on}, before that day."
        )
