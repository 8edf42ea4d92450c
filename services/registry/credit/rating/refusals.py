"""Why a step of a rating campaign is refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Refused
from shared.languages import Sentence
from shared.regions import township_of

_STATES_ZH: Final = {
    "opened": "已启动",
    "scored": "已评分",
    "reviewed": "已评议",
    "on_public_notice": "公示中",
    "final": "已定级",
}
_STEPS_ZH: Final = {
    "scores": "评分",
    "reviews": "评议",
    "public_notice": "公示",
    "objections": "提出异议",
    "settlements": "处理异议",
    "finalisations": "定级",
}


class CampaignUnknown(NotFound):
    """No such campaign, or not in the caller's region."""

    code = "rating-campaign-unknown"
    title = "评级批次不存在 Rating campaign unknown"

    def __init__(self, campaign_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有评级批次 {campaign_id}，请在评级批次列表中查找。",
            en=f"There is no rating campaign {campaign_id} in your region; list the campaigns to find it.",
            campaign_id=str(campaign_id),
        )


class CampaignExists(Refused):
    """The county's campaign of that year is open already."""

    code = "rating-campaign-exists"
    title = "该年度评级已开始 Rating campaign exists"

    def __init__(self, county_code: str, year: int, bank_code: str | None) -> None:
        whose = f" by the standard of {bank_code}" if bank_code else ""
        whose_zh = f"按 {bank_code} 标准的" if bank_code else ""
        super().__init__(
            zh=f"县 {county_code} 已有 {year} 年度{whose_zh}评级批次，请在该批次中继续办理。",
            en=f"County {county_code} has a rating campaign of {year}{whose} already; go on with that one.",
            county_code=county_code,
            year=year,
            bank_code=bank_code,
        )


class WrongCampaignState(Refused):
    """The campaign is at another step."""

    code = "wrong-campaign-state"
    title = "评级批次状态不符 Wrong campaign state"

    def __init__(self, state: str, needed: Sequence[str], step: str) -> None:
        needed_zh = "或".join(f"“{_STATES_ZH[each]}”" for each in needed)
        super().__init__(
            zh=f"评级批次的状态为“{_STATES_ZH[state]}”，办理“{_STEPS_ZH[step]}”须为{needed_zh}；请按步骤办理。",
            en=f"The campaign is '{state}'; '{step}' needs it to be {' or '.join(needed)}.",
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
            zh=f"参加评议的不同成员为 {members} 人，评议小组至少 {members_min} 人；请补充其他成员后重新提交评议。",
            en=f"{members} different members reviewed; the group needs at least {members_min}. Name the others and "
            "send the review again.",
            members=members,
            members_min=members_min,
        )


class AdjustmentInvalid(Invalid):
    """A grade the pack does not know, or a household that is not part of this review."""

    code = "rating-adjustment-invalid"
    title = "评级调整有误 Rating adjustment invalid"

    def __init__(self, what: Sentence, household_ids: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"有 {len(household_ids)} 项等级调整有误：{what.zh}；请更正后重新提交评议。",
            en=f"{len(household_ids)} adjustments are wrong: {what.en}; correct them and send the review again.",
            household_ids=[str(each) for each in household_ids[:50]],
        )


class ReviewOutsideCounty(Invalid):
    """The region reviewed is no part of the campaign's county."""

    code = "review-outside-county"
    title = "评议范围不在本县 Review outside the county"

    def __init__(self, region_code: str, county_code: str) -> None:
        super().__init__(
            zh=f"本批次评定县 {county_code}，{region_code} 不在该县，请填写该县内的区划。",
            en=f"The campaign rates county {county_code}; {region_code} lies elsewhere. Name a region of the county.",
            region_code=region_code,
            county_code=county_code,
        )


class ReviewOfGroupNeedsVillage(Invalid):
    """A group's name only means something within its village."""

    code = "review-group-needs-village"
    title = "村民组评议须注明村 Name the village of the group"

    def __init__(self, group_name: str) -> None:
        super().__init__(
            zh=f"许多村都有名为“{group_name}”的村民组，请在 region_code 中填写所在村的 12 位代码。",
            en=f"Many villages have a group called {group_name}; give the 12-digit code of its village as region_code.",
            group_name=group_name,
        )


class OwnFamilyMayNotReview(NotAllowed):
    """A member of the group belongs to a household whose grade the group wants to change."""

    code = "own-family-may-not-review"
    title = "本户成员不得参与评议 Own family may not review"
    clause = "ZJ-1"

    def __init__(self, households: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"评议小组成员属于拟调整的 {len(households)} 户，请将这些调整交由另一小组评议；如系同名的他人，"
            "请填写该成员的身份证号。",
            en=f"Members of the group belong to {len(households)} of the households it changes. Leave these changes "
            "to another group; if it is somebody else of the same name, give the member's resident ID number.",
            household_ids=[str(each) for each in households[:50]],
        )


class NotYetReviewed(Refused):
    """Some scored households were not reviewed by a rating group."""

    code = "rating-not-yet-reviewed"
    title = "尚有农户未评议 Not yet reviewed"
    clause = "ZJ-1"

    def __init__(self, count: int, villages: Sequence[str]) -> None:
        townships = list(dict.fromkeys(township_of(village) for village in villages))
        super().__init__(
            zh=f"{len(villages)} 个村的 {count} 户已评分农户尚未评议（乡镇 {'、'.join(townships[:10])}）；"
            "请先由评议小组评议，因回避本户而未评的，由另一小组评议。",
            en=f"{count} scored households in {len(villages)} villages were not reviewed yet (townships "
            f"{', '.join(townships[:10])}); have a group review them first, another one where the group's own "
            "families were left out.",
            count=count,
            townships=townships,
            villages=list(villages[:50]),
        )


class PublicNoticeStillRuns(Refused):
    """The result is still on public notice."""

    code = "rating-public-notice-still-runs"
    title = "评级公示期未满 Public notice still runs"
    clause = "ZJ-1"

    def __init__(self, ends_on: date, asked: date) -> None:
        super().__init__(
            zh=f"评级公示至 {ends_on} 期满，{asked} 不能定级，请选择 {ends_on} 或以后的日期。",
            en=f"The rating is on public notice until {ends_on}; it cannot become final on {asked}. Choose {ends_on} "
            "or later.",
            ends_on=ends_on.isoformat(),
        )


class NotInCampaign(NotFound):
    """The household is not part of the campaign, or not in the caller's region."""

    code = "household-not-in-campaign"
    title = "农户不在本次评级中 Household not in this campaign"

    def __init__(self, household_id: UUID) -> None:
        super().__init__(
            zh=f"您辖区内的农户 {household_id} 未在本批次评分，请核对农户。",
            en=f"Household {household_id} was not scored in this campaign in your region; check the household.",
            household_id=str(household_id),
        )


class ObjectionUnknown(NotFound):
    """No such objection, or not in the caller's region."""

    code = "rating-objection-unknown"
    title = "评级异议不存在 Rating objection unknown"

    def __init__(self, objection_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有评级异议 {objection_id}，请在该批次的异议列表中查找。",
            en=f"There is no rating objection {objection_id} in your region; list the campaign's objections to find "
            "it.",
            objection_id=str(objection_id),
        )


class ObjectionOutsidePublicNotice(Refused):
    """The grade is not on public notice on that day."""

    code = "rating-objection-outside-public-notice"
    title = "不在公示期内 Not on public notice"
    clause = "ZJ-1"

    def __init__(self, raised_on: date, started_on: date, ends_on: date) -> None:
        super().__init__(
            zh=f"该等级自 {started_on} 起公示，{ends_on} 前截止，{raised_on} 提出的异议不在公示期内；请更正日期，"
            "或在下次评级时反映。",
            en=f"The grade is on public notice from {started_on} until before {ends_on}; an objection raised on "
            f"{raised_on} lies outside. Correct the day, or bring the facts to the next rating.",
            raised_on=raised_on.isoformat(),
            started_on=started_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


class ObjectionsStillOpen(Refused):
    """Nothing is final while an objection is open."""

    code = "rating-objections-open"
    title = "尚有评级异议未处理 Rating objections open"
    clause = "ZJ-1"

    def __init__(self, objections: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"尚有 {len(objections)} 件异议未处理，请先处理异议，再予定级。",
            en=f"{len(objections)} objections are open; settle them, then make the grades final.",
            objection_ids=[str(each) for each in objections[:50]],
            count=len(objections),
        )


class ObjectionSettled(Refused):
    """An objection is settled once."""

    code = "rating-objection-settled"
    title = "异议已处理 Objection settled already"

    def __init__(self, settled_on: date) -> None:
        super().__init__(
            zh=f"该异议已于 {settled_on} 处理；有新理由的，请重新提出异议。",
            en=f"The objection was settled on {settled_on}; raise a new one if there are new grounds.",
            settled_on=settled_on.isoformat(),
        )


class SettlementInvalid(Invalid):
    """The settlement does not fit its objection."""

    code = "rating-settlement-invalid"
    title = "异议处理有误 Settlement invalid"

    def __init__(self, what: Sentence, **values: Any) -> None:
        super().__init__(zh=f"{what.zh}；请更正后重新处理。", en=f"{what.en}; correct it and settle again.", **values)


class NotRatedAtVisits(Refused):
    """The county's pack has campaigns alone rate households."""

    code = "not-rated-at-visits"
    title = "本县不在入户时评级 Not rated at visits"
    clause = "DY-4"

    def __init__(self, region_code: str) -> None:
        super().__init__(
            zh=f"{region_code} 适用的政策包未规定入户时一并评级授信，请通过评级批次办理。",
            en=f"The pack that holds in {region_code} has campaigns rate households, not visits; use a campaign.",
            region_code=region_code,
        )


class NotSurveyedThatDay(Refused):
    """A visit rates by what was collected at it."""

    code = "not-surveyed-that-day"
    title = "当日无采集记录 Not surveyed that day"
    clause = "DY-4"

    def __init__(self, household_id: UUID, surveyed_on: date) -> None:
        super().__init__(
            zh=f"农户 {household_id} 在 {surveyed_on} 没有信用采集记录，请先登记入户采集的情况。",
            en=f"Nothing was collected of household {household_id} on {surveyed_on}; record the survey first.",
            household_id=str(household_id),
            surveyed_on=surveyed_on.isoformat(),
        )


class GradeNotReached(Refused):
    """The score lies below the lowest grade: there is no limit to grant."""

    code = "grade-not-reached"
    title = "未达到最低等级 Grade not reached"
    clause = "DY-4"

    def __init__(self, score: Decimal, score_min: Decimal) -> None:
        super().__init__(
            zh=f"得分 {score:f}，未达到最低等级所需的 {score_min:f} 分，不予授信；请向农户说明，现有评级不变。",
            en=f"The score is {score:f}, the lowest grade needs {score_min:f}; no limit is granted. Explain it to the "
            "household; a rating that it has stays as it is.",
            score=f"{score:f}",
            score_min=f"{score_min:f}",
        )


class RatedAtOtherVisit(Refused):
    """The visit has rated another household, or by another survey."""

    code = "visit-rated-otherwise"
    title = "该次入户已评级 Visit rated otherwise"

    def __init__(self, visit_id: UUID) -> None:
        super().__init__(
            zh=f"入户 {visit_id} 已有评级，与本次填报不符；一次入户只评一户一次，请核对。",
            en=f"The visit {visit_id} has a rating that differs; one visit rates one household once. Check it.",
            visit_id=str(visit_id),
        )
