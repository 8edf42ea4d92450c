"""What goes in and out about village rules."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.registry.evidence import EvidenceList, EvidenceOut
from shared.regions import RegionCode
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text

CONTENT_MAX = 20_000


class VillageRuleIn(Body):
    """The village's own rules with their credit duties, as the villagers' meeting adopted them."""

    village_code: RegionCode
    title: Text
    content: Annotated[str, Field(min_length=1, max_length=CONTENT_MAX)]
    evidence: EvidenceList
    adopted_on: HappenedOn


class VillageRuleTerminationIn(Body):
    """From which day rules hold no more; rules that were recorded wrongly never held."""

    cause: Literal["repealed", "recorded_wrongly"]
    ended_on: HappenedOn
    reason: LongText


class VillageRuleOut(Answer):
    """Rules of a village: the text, since when, on what proof, and how they ended."""

    id: UUID
    village_code: str
    village_name: str
    title: str
    content: str
    evidence: list[EvidenceOut]
    adopted_on: date
    recorded_by: str
    recorded_at: datetime
    ended_on: date | None
    end_cause: Literal["replaced", "repealed", "recorded_wrongly"] | None
    end_reason: str | None
    ended_by: str | None


class VillageRuleCoverage(Answer):
    """How many villages of a region have rules with credit duties on a day, and the first that have none."""

    region_code: str
    as_of: date
    village_count: int
    adopted_count: int
    missing: list[str]
