"""Every kind of duty: which offices may do it, what it is about, and what its record must say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.policy.vocabulary import Office


class DutyKind(StrEnum):
    """What is owed."""

    DEMAND_REPORT = "demand_report"  # DZ-4c
    INSPECTION = "inspection"  # FJ-2
    SATISFACTION_SURVEY = "satisfaction_survey"  # FJ-2
    TOWNSHIP_RANKING = "township_ranking"  # FJ-2
    TOWNSHIP_ASSESSMENT = "township_assessment"  # XX-9
    BANK_ASSESSMENT = "bank_assessment"  # DZ-8
    ENTITY_ASSESSMENT = "entity_assessment"  # SX-8
    COORDINATION_MEETING = "coordination_meeting"  # FJ-3
    BULLETIN = "bulletin"  # DY-8
    USE_SURVEY = "use_survey"  # DZ-5a
    USE_PICTURES = "use_pictures"  # FJ-15
    REVISIT = "revisit"  # DY-6
    SUMMONS = "summons"  # FJ-2, DY-8, XX-9
    RECTIFICATION = "rectification"  # FJ-5, XX-9
    CREDIT_COLLECTION = "credit_collection"  # DZ-4b
    ENTITY_FOLLOW_UP = "entity_follow_up"  # SX-4


class Part(StrEnum):
    """What a record may say beside what was done and when."""

    HOUSEHOLD_COUNT = "household_count"
    AMOUNT = "amount"
    SATISFIED_PERCENT = "satisfied_percent"
    VISIT = "visit"
    PERSON = "person"
    RESULTS = "results"
    USED_AS_AGREED = "used_as_agreed"
    RISK = "risk"
    PROOF = "evidence"


class Subjects(StrEnum):
    """Whom a record's results are about: every one of them, nobody else."""

    TOWNSHIPS = "townships"
    BANKS = "banks"
    ENTITIES = "entities"


@dataclass(frozen=True, slots=True)
class KindRule:
    """Which offices may do a duty, and what its record says; a record may bring evidence and set orders anyway."""

    offices: tuple[Office, ...]
    parts: frozenset[Part] = frozenset()
    subjects: Subjects | None = None


_COUNTY: Final = (Office.SERVICE_CENTRE, Office.POVERTY_OFFICE)
_FIELD: Final = (Office.TOWNSHIP, Office.VILLAGE, Office.HELPER)
_RESULTS: Final = frozenset({Part.RESULTS})
KINDS: Final[Mapping[DutyKind, KindRule]] = {
    DutyKind.DEMAND_REPORT: KindRule((Office.TOWNSHIP,), frozenset({Part.HOUSEHOLD_COUNT, Part.AMOUNT})),
    DutyKind.INSPECTION: KindRule(_COUNTY, frozenset({Part.VISIT})),
    DutyKind.SATISFACTION_SURVEY: KindRule(_COUNTY, frozenset({Part.SATISFIED_PERCENT})),
    DutyKind.TOWNSHIP_RANKING: KindRule(_COUNTY, _RESULTS, Subjects.TOWNSHIPS),
    DutyKind.TOWNSHIP_ASSESSMENT: KindRule(_COUNTY, _RESULTS, Subjects.TOWNSHIPS),
    DutyKind.BANK_ASSESSMENT: KindRule(_COUNTY, _RESULTS, Subjects.BANKS),
    DutyKind.ENTITY_ASSESSMENT: KindRule(_COUNTY, _RESULTS, Subjects.ENTITIES),
    DutyKind.COORDINATION_MEETING: KindRule(_COUNTY),
    DutyKind.BULLETIN: KindRule(_COUNTY),
    DutyKind.USE_SURVEY: KindRule((Office.TOWNSHIP,)),
    DutyKind.USE_PICTURES: KindRule(_FIELD),
    DutyKind.REVISIT: KindRule(_FIELD, frozenset({Part.PERSON})),
    DutyKind.CREDIT_COLLECTION: KindRule((Office.TOWNSHIP,), frozenset({Part.PROOF})),
    DutyKind.ENTITY_FOLLOW_UP: KindRule((Office.TOWNSHIP, *_COUNTY), frozenset({Part.USED_AS_AGREED, Part.RISK})),
    DutyKind.SUMMONS: KindRule(_COUNTY, frozenset({Part.PERSON})),
    DutyKind.RECTIFICATION: KindRule(_FIELD, frozenset({Part.PROOF})),
}
# What every township owes; everything else is owed for the places where the county's rules hold.
BY_TOWNSHIP: Final = frozenset({DutyKind.DEMAND_REPORT, DutyKind.CREDIT_COLLECTION})
# What the county's offices may order by hand; every other duty falls due by the county's rules.
ORDERED: Final = frozenset({DutyKind.SUMMONS, DutyKind.RECTIFICATION})


def lacking_and_needless(kind: DutyKind, said: frozenset[Part]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the parts that a record of this kind lacks, and those that it says and must not; both in order.

    Every record may bring evidence.
    """
    asked = KINDS[kind].parts
    return (
        tuple(each for each in Part if each in asked - said),
        tuple(each for each in Part if each in said - asked - {Part.PROOF}),
    )
