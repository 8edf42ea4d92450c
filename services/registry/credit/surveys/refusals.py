"""Why a credit survey is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.languages import Sentence

SHOWN = 50  # faults named in one answer; the sentence tells how many there are


class _AnswersInvalid(Invalid):
    clause = "ZJ-1"
    what = Sentence("", "")

    def __init__(self, found: Mapping[UUID, Sequence[str]], indicators: Sequence[str]) -> None:
        codes = sorted({code for each in found.values() for code in each})
        super().__init__(
            zh=f"有 {len(found)} 份采集记录{self.what.zh}（{'、'.join(codes[:10])}）；采集表的指标为 "
            f"{'、'.join(indicators)}，请更正后重新提交全部记录。",
            en=f"{len(found)} surveys {self.what.en} ({', '.join(codes[:10])}). The form asks for "
            f"{', '.join(indicators)}; correct them and send all surveys again.",
            households=[
                {"household_id": str(household), "codes": list(each)} for household, each in list(found.items())[:SHOWN]
            ],
            count=len(found),
            indicators=list(indicators),
        )


class IndicatorUnknown(_AnswersInvalid):
    """An answer to something the form does not ask."""

    code = "survey-indicator-unknown"
    title = "采集指标不存在 Indicator unknown"
    what = Sentence("填报了采集表没有的指标", "answer what the form does not ask")


class AnswerMissing(_AnswersInvalid):
    """An indicator of the form without an answer."""

    code = "survey-answer-missing"
    title = "采集内容不全 Answer missing"
    what = Sentence("缺少指标", "leave an indicator out")


class AnswerNegative(_AnswersInvalid):
    """A fact below zero."""

    code = "survey-answer-negative"
    title = "采集数值不得为负 Answer negative"
    what = Sentence("有小于零的数值", "have a number below zero")


class SurveyRepeated(Invalid):
    """Two surveys of one household and day in one request."""

    code = "survey-repeated"
    title = "同一农户同日重复采集 Survey repeated"

    def __init__(self, households: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"有 {len(households)} 户同日重复采集，请每户只留一份，重新提交。",
            en=f"{len(households)} households have two surveys for one day; keep one survey of each and send again.",
            household_ids=[str(each) for each in households[:SHOWN]],
        )


class SurveyExists(Refused):
    """Another survey of that household and day is on file; history is not changed."""

    code = "survey-exists"
    title = "该日采集记录已存在 Survey exists"

    def __init__(self, existing: Sequence[tuple[UUID, date]]) -> None:
        super().__init__(
            zh=f"有 {len(existing)} 户当日已有内容不同的采集记录，采集记录保持原样，不得更改；请移除这些农户，"
            "或重新上门采集并填写新的日期。",
            en=f"{len(existing)} households have a survey with other answers on that day already; surveys stay as "
            "they were collected. Take them out, or collect again and give the day of the new visit.",
            surveys=[{"household_id": str(each), "collected_on": day.isoformat()} for each, day in existing[:SHOWN]],
        )


class HouseholdsEnded(Refused):
    """Some households were no longer on the register on the day of collection."""

    code = "households-ended"
    title = "农户已销户 Households ended"

    def __init__(self, ended: Sequence[UUID]) -> None:
        super().__init__(
            zh=f"有 {len(ended)} 户在采集日已销户，请移除后重新提交其余部分。",
            en=f"{len(ended)} households had left the register on the day of the survey; take them out and send the "
            "rest.",
            household_ids=[str(each) for each in ended[:SHOWN]],
        )


class FormBankUnknown(NotFound):
    """The bank has no rating standard of its own in this county or part of it."""

    code = "rating-bank-unknown"
    title = "该银行无自有评级标准 Bank without a standard of its own"
    clause = "LG-10"

    def __init__(self, county_code: str, bank_code: str, banks: Sequence[str]) -> None:
        known: dict[str, Any] = {"county_code": county_code, "bank_code": bank_code, "banks": list(banks)}
        others_zh = "、".join(banks) or "无"
        super().__init__(
            zh=f"银行 {bank_code} 在县 {county_code} 没有自有评级标准（已有的：{others_zh}）；请将银行留空，"
            "使用本县标准。",
            en=f"In county {county_code} the bank {bank_code} has no rating standard of its own (those that have: "
            f"{', '.join(banks) or 'none'}); leave the bank out to use the county's.",
            **known,
        )
