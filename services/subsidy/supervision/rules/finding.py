"""Who may find what on a project, and when (ZJ-3). Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.supervision.refusals import AftercareTooEarly, NotOfThatOffice, SubjectElsewhere
from shared.access import Role
from shared.offices import role_of
from shared.policy.vocabulary import Office


class Subject(StrEnum):
    """What a finding is about."""

    UNFAIRNESS = "unfairness"
    FAVOURITISM = "favouritism"
    FRAUD = "fraud"
    QUALITY = "quality"
    PROGRESS = "progress"
    MONEY = "money"
    AFTERCARE = "aftercare"
    DIVIDEND = "dividend"
    INCOME = "income_money"
    OTHER = "other"


# Offices inside a township or village act by its people: the township's work station, discipline inspection and
# agricultural service centre; the village's first secretary and resident team.
_WITHIN: Final = {
    Office.WORK_STATION: Role.TOWNSHIP,
    Office.DISCIPLINE: Role.TOWNSHIP,
    Office.AGRI_SERVICE: Role.TOWNSHIP,
    Office.FIRST_SECRETARY: Role.VILLAGE,
    Office.WORK_TEAM: Role.VILLAGE,
}
_AFTER_THE_WORKS: Final = frozenset(
    {ProjectState.COMPLETED, ProjectState.ACCEPTED, ProjectState.CLAIMED, ProjectState.REIMBURSED}
)
_OF_WORKS: Final = frozenset({Subject.QUALITY, Subject.PROGRESS, Subject.AFTERCARE})
_OF_AGREEMENTS: Final = frozenset({Subject.DIVIDEND, Subject.INCOME})
_COUNTY: Final = frozenset({Role.POVERTY_OFFICE, Role.FINANCE_BUREAU, Role.SERVICE_CENTRE})
# The county's offices, the township and the village supervise everywhere; a pack adds who else does.
ALWAYS: Final = (
    Office.POVERTY_OFFICE,
    Office.FINANCE_BUREAU,
    Office.SERVICE_CENTRE,
    Office.TOWNSHIP,
    Office.VILLAGE,
    Office.AUDITOR,
)


def ensure_of_office(office: Office, roles: Collection[str], named: Collection[Office]) -> None:
    """Refuse a finding in the name of an office that does not supervise here, or whose people the officer is not of.

    Args:
        roles: the officer's roles at the project's place.
        named: the offices that the county's pack lets supervise.

    Raises:
        NotOfThatOffice.
    """
    role = _WITHIN.get(office) or role_of(office)
    if role is None or role not in roles or office not in {*ALWAYS, *named}:
        raise NotOfThatOffice(office)


def ensure_may_close(office: Office, roles: Collection[str], *, from_villager: bool) -> None:
    """Refuse who closes a finding of another office: it is for the office that found it, or for the county.

    The township answers for its projects, so what it found itself, and what a villager reported, the county closes.

    Raises:
        NotOfThatOffice.
    """
    role = _WITHIN.get(office) or role_of(office)
    closing = _COUNTY if from_villager or role is Role.TOWNSHIP else {role}
    if not closing & {Role(each) for each in roles}:
        raise NotOfThatOffice(office)


def ensure_subject_fits(subject: Subject, *, of_agreement: bool) -> None:
    """Refuse works found on an agreement, and dividends or income money (增收款) found on a project (DZ-7).

    Raises:
        SubjectElsewhere.
    """
    if subject in (_OF_WORKS if of_agreement else _OF_AGREEMENTS):
        raise SubjectElsewhere(subject, of_agreement=of_agreement)


def ensure_in_season(subject: Subject, state: ProjectState) -> None:
    """Refuse a finding on aftercare while the works go on: aftercare follows them (ZJ-3(d)).

    Raises:
        AftercareTooEarly.
    """
    if subject is Subject.AFTERCARE and state not in _AFTER_THE_WORKS:
        raise AftercareTooEarly(state)
