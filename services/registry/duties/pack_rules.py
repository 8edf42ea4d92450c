"""Which duties a county's pack makes fall due, how often, and whose they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.registry.duties.rules.kinds import KINDS, DutyKind
from shared.policy.county_sections import SupervisionSection
from shared.policy.pack import PolicyPack
from shared.policy.sections import FollowUpSection
from shared.policy.vocabulary import Office
from shared.rules.periods import Every


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty that returns. `series` tells two rhythms of one kind apart; `pictures` are asked for each time."""

    kind: DutyKind
    every: Every
    offices: tuple[Office, ...]
    series: str
    pictures: int = 0


def duties_of_places(pack: PolicyPack) -> tuple[Duty, ...]:
    """Return the duties that fall due for the places where a pack holds, and for their townships."""
    asked = list(_supervision(pack.supervision)) if pack.supervision else []
    if pack.rating.collected_through is not None:
        asked.append((DutyKind.CREDIT_COLLECTION, Every(months=pack.rating.recollect_months.value)))
    return tuple(_duty(kind, every, pack) for kind, every in asked)


def duties_of_entities(pack: PolicyPack) -> tuple[Duty, ...]:
    """Return the duties that fall due for an implementing entity while it uses households' loans (SX-4)."""
    months = pack.entities.follow_up_every_months
    return () if months is None else (_duty(DutyKind.ENTITY_FOLLOW_UP, Every(months=months.value), pack),)


def duties_of_loans(pack: PolicyPack) -> tuple[Duty, ...]:
    """Return the duties that fall due for every loan while something is owed on it; `pack` is of the loan's product.

    A county that has borrowers revisited (DY-6) or checks loans again and again after they were paid out (JN-5) does so
    in the rhythm of its surveys of use, and each turn names its person.
    """
    rule = pack.follow_up
    found = []
    if rule.use_survey_every_months is not None:
        visited = (rule.revisit is not None and rule.revisit.value) or checks_after(rule)
        kind = DutyKind.REVISIT if visited else DutyKind.USE_SURVEY
        found.append(_duty(kind, Every(months=rule.use_survey_every_months.value), pack))
    if rule.evidence_per_month is not None:
        found.append(_duty(DutyKind.USE_PICTURES, Every(months=1), pack, pictures=rule.evidence_per_month.value))
    return tuple(found)


def checks_after(rule: FollowUpSection) -> bool:
    """Return whether the county checks paid-out loans again and again: it names a check `after` (JN-5(b))."""
    return rule.checks is not None and any(each.code == "after" for each in rule.checks.value)


def offices_for(kind: DutyKind, pack: PolicyPack) -> tuple[Office, ...]:
    """Return the offices a duty is for: those that may do it and that the county says take part; else all who may."""
    able = KINDS[kind].offices
    part = pack.supervision.offices.value if pack.supervision else ()
    return tuple(each for each in able if each in part) or able


def last_places_before_summons(pack: PolicyPack) -> int | None:
    """Return after how many last places running a township's leader is summoned; None: never by the ranking (FJ-2)."""
    running = pack.supervision.summon_after_last_places if pack.supervision else None
    return running.value if running is not None else None


def summons_names_deadline(pack: PolicyPack) -> bool:
    """Return whether a summons must order what is to be put right, and until when (XX-9)."""
    named = pack.supervision.summon_with_deadline if pack.supervision else None
    return named is not None and named.value


def days_to_put_right(pack: PolicyPack) -> int | None:
    """Return the most days in which wrong use of a loan is put right; None: the order says (FJ-5)."""
    days = pack.follow_up.rectification_days
    return days.value if days is not None else None


def ranking_rhythm(pack: PolicyPack) -> Every:
    """Return how often townships are ranked; one that is summoned is heard before the next ranking is due."""
    return Every(months=pack.supervision.ranking_every_months.value) if pack.supervision else Every(months=1)


def _supervision(rule: SupervisionSection) -> Iterator[tuple[DutyKind, Every]]:
    yield DutyKind.INSPECTION, Every(months=rule.inspection_every_months.value)
    if rule.satisfaction_survey is not None and rule.satisfaction_survey.value:
        yield DutyKind.SATISFACTION_SURVEY, Every(months=rule.inspection_every_months.value)
    if rule.inspection_bulletin is not None and rule.inspection_bulletin.value:
        yield DutyKind.BULLETIN, Every(months=rule.inspection_every_months.value)
    yield DutyKind.TOWNSHIP_RANKING, Every(months=rule.ranking_every_months.value)
    if rule.townships_assessed is not None and rule.townships_assessed.value:
        yield DutyKind.TOWNSHIP_ASSESSMENT, Every(months=rule.ranking_every_months.value)
    if rule.bank_assessment_every_months is not None:
        yield DutyKind.BANK_ASSESSMENT, Every(months=rule.bank_assessment_every_months.value)
    if rule.entity_assessment_every_months is not None:
        yield DutyKind.ENTITY_ASSESSMENT, Every(months=rule.entity_assessment_every_months.value)
    if rule.demand_report_every_months is not None:
        yield DutyKind.DEMAND_REPORT, Every(months=rule.demand_report_every_months.value)
    if rule.bulletin_every_days is not None:
        yield DutyKind.BULLETIN, Every(days=rule.bulletin_every_days.value)
    for days in rule.coordination_every_days.value:
        if days:
            yield DutyKind.COORDINATION_MEETING, Every(days=days)


def _duty(kind: DutyKind, every: Every, pack: PolicyPack, pictures: int = 0) -> Duty:
    series = f"{kind}/{every.days}" if kind in (DutyKind.COORDINATION_MEETING, DutyKind.BULLETIN) else str(kind)
    return Duty(kind, every, offices_for(kind, pack), series, pictures)
