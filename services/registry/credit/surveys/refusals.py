"""Why a credit survey is refused."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused

SHOWN = 50  # faults named in one answer; the sentence tells how many there are


class _AnswersInvalid(Invalid):
    clause = "ZJ-1"
    what = ""

    def __init__(self, found: Mapping[UUID, Sequence[str]], indicators: Sequence[str]) -> None:
        codes = sorted({code for each in found.values() for code in each})
        super().__init__(
            f"{len(found)} surveys {self.what} ({', '.join(codes[:10])}). "
            f"The form asks for {', '.join(indicators)}; correct them and send all surveys again.",
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
    what = "answer what the form does not ask"


class AnswerMissing(_AnswersInvalid):
    """An indicator of the form without an answer."""

    code = "survey-answer-missing"
    title = "采集内容不全 Answer missing"
    what = "leave an indicator out"


class AnswerNegative(_AnswersInvalid):
    """A fact below zero."""

    code = "survey-answer-negative"
    title = "采集数值不得为负 Answer negative"
    what = "have a number below zero"


class SurveyRepeated(Invalid):
    """Two surveys of one household and day in one request."""

    code = "survey-repeated"
    title = "同一农户同日重复采集 Survey repeated"

    def __init__(self, households: Sequence[UUID]) -> None:
        super().__init__(
            f"{len(households)} households stand there twice for one day; keep one survey of each and send again.",
            household_ids=[str(each) for each in households[:SHOWN]],
        )


class SurveyExists(Refused):
    """Another survey of that household and day is on file; history is not changed."""

    code = "survey-exists"
    title = "该日采集记录已存在 Survey exists"

    def __init__(self, kept: Sequence[tuple[UUID, date]]) -> None:
        super().__init__(
            f"{len(kept)} households have a survey with other answers on that day already; surveys are kept as they "
            "were collected. Take them out, or collect again and give the day of the new visit.",
            surveys=[{"household_id": str(each), "collected_on": day.isoformat()} for each, day in kept[:SHOWN]],
        )


class HouseholdsEnded(Refused):
    """Some households were no longer on the register on the day of collection."""

    code = "households-ended"
    title = "农户已销户 Households ended"

    def __init__(self, ended: Sequence[UUID]) -> None:
        super().__init__(
            f"{len(ended)} households had left the register on the day of the survey; take them out and send the rest.",
            household_ids=[str(each) for each in ended[:SHOWN]],
        )


class FormBankUnknown(NotFound):
    """The bank has no rating standard of its own in this county or part of it."""

    code = "rating-bank-unknown"
    title = "该银行无自有评级标准 Bank without a standard of its own"
    clause = "LG-10"

    def __init__(self, county_code: str, bank_code: str, banks: Sequence[str]) -> None:
        known: dict[str, Any] = {"county_code": county_code, "bank_code": bank_code, "banks": list(banks)}
        super().__init__(
            f"In county {county_code} the bank {bank_code} has no rating standard of its own "
            f"(those that have: {', '.join(banks) or 'none'}); leave the bank out to use the county's.",
            **known,
        )
