"""Which papers the report of a default needs, by its cause; pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.policy.vocabulary import LossCause


class PaperKind(StrEnum):
    """A paper that shows why a loan is not repaid."""

    DEATH_CERTIFICATE = "death_certificate"
    DISABILITY_CERTIFICATE = "disability_certificate"
    MEDICAL_CERTIFICATE = "medical_certificate"
    DISASTER_CERTIFICATE = "disaster_certificate"
    DEMAND_LETTER = "demand_letter"
    ACCELERATION_NOTICE = "acceleration_notice"
    COURT_PAPER = "court_paper"
    POLICE_PAPER = "police_paper"
    KINSHIP_PROOF = "kinship_proof"
    HEIR_DISCLAIMER = "heir_disclaimer"
    OTHER_PAPER = "other_paper"


# Of each group one paper is enough. Who can pay is pressed in writing first; that somebody will not is found by a court
# or the police, never by the bank alone.
_DEMANDED: Final = frozenset({PaperKind.DEMAND_LETTER})
NEEDED: Final[Mapping[LossCause, tuple[frozenset[PaperKind], ...]]] = MappingProxyType(
    {
        LossCause.DEATH: (frozenset({PaperKind.DEATH_CERTIFICATE}),),
        LossCause.DISABILITY: (frozenset({PaperKind.DISABILITY_CERTIFICATE}),),
        LossCause.ILLNESS: (frozenset({PaperKind.MEDICAL_CERTIFICATE}),),
        LossCause.DISASTER: (frozenset({PaperKind.DISASTER_CERTIFICATE}),),
        LossCause.BUSINESS_FAILURE: (_DEMANDED,),
        LossCause.MALICIOUS: (_DEMANDED, frozenset({PaperKind.COURT_PAPER, PaperKind.POLICE_PAPER})),
        LossCause.ENTRUSTED: (_DEMANDED,),
    }
)


def missing_papers(
    cause: LossCause, given: Collection[PaperKind], *, accelerates: bool = False
) -> list[list[PaperKind]]:
    """Return what a report of this cause still needs: of each group any one kind, in the order of `PaperKind`.

    Where the default lets all principal fall due, the household had notice of that.
    """
    needed = (*NEEDED[cause], *([frozenset({PaperKind.ACCELERATION_NOTICE})] if accelerates else []))
    return [[kind for kind in PaperKind if kind in group] for group in needed if group.isdisjoint(given)]
