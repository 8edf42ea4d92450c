"""What goes in and out about village finance officers."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.registry.evidence import EvidenceList, EvidenceOut
from shared.person_names import PersonName
from shared.regions import RegionCode
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text


class FinanceOfficerIn(Body):
    """Who is to serve a village, in which post, from which day on."""

    village_code: RegionCode
    officer: Text
    officer_name: PersonName
    evidence: EvidenceList
    appointed_on: HappenedOn


class FinanceOfficerEndIn(Body):
    """From which day an officer serves no more; who was recorded wrongly never did."""

    cause: Literal["left", "recorded_wrongly"]
    ended_on: HappenedOn
    reason: LongText


class FinanceOfficerOut(Answer):
    """A village's finance officer: who, since when, on what paper, and how it ended."""

    id: UUID
    village_code: str
    village_name: str
    officer: str
    officer_name: str
    evidence: list[EvidenceOut]
    appointed_on: date
    appointed_by: str
    appointed_at: datetime
    ended_on: date | None
    end_cause: Literal["replaced", "left", "recorded_wrongly"] | None
    end_reason: str | None
    ended_by: str | None


class FinanceOfficerCoverage(Answer):
    """How many villages of a region have a finance officer on a day, and the first that have none."""

    region_code: str
    as_of: date
    village_count: int
    served_count: int
    missing: list[str]
