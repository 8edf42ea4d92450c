"""The household's dossier in one answer; names and numbers of persons are masked."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.registry.credit.rating.schemas import HouseholdRatingOut
from services.registry.dossier.documents.schemas import ChecklistOut, DocumentOut
from services.registry.evidence import EvidenceOut
from services.registry.register.households.schemas import HouseholdDetail
from shared.money import Money
from shared.web.bodies import Answer


class RatingObjectionOut(Answer):
    """An objection against the household's rating in a campaign, and how it was settled."""

    id: UUID
    campaign_id: UUID
    grounds: str
    raised_on: date
    recorded_by: str
    outcome: str | None
    grade_before: str | None
    grade_after: str | None
    reason: str | None
    settled_on: date | None
    settled_by: str | None


class ListRequestOut(Answer):
    """What was asked about the household and the lists: an entry, an appeal or a removal, and the decision."""

    id: UUID
    kind: str
    listing_id: UUID | None
    list_name: str
    cause: str | None
    reason: str
    evidence: list[EvidenceOut]
    filed_by: str
    filed_on: date
    state: str
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None


class KnownLoanOut(Answer):
    """A loan of the household as far as lending has published it."""

    loan_id: UUID
    bank_code: str | None
    industry: str | None
    principal: Money | None
    principal_repaid: Money
    disbursed_on: date | None
    overdue_from: date | None
    defaulted_on: date | None
    default_lifted_on: date | None
    malicious: bool | None
    closed_on: date | None
    repaid_on_time: bool | None


class ChangeSummaryOut(Answer):
    """A change of the household's data that was asked for; old and new values stand with the request itself."""

    id: UUID
    kind: str
    state: str
    effective_on: date
    reason: str
    evidence: str | None
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None


class DocumentsOfKind(Answer):
    """The documents of one kind on file."""

    kind: str
    zh: str
    en: str
    documents: list[DocumentOut]


class DossierViewOut(Answer):
    """One view of a household's dossier: who, in which roles, when, and whether it was printed."""

    id: int
    access: Literal["screen", "print"]
    viewed_by: str
    roles: list[str]
    viewed_at: datetime


class Dossier(HouseholdDetail):
    """One household, one file (一户一档): the register's part, ratings, lists, loans, changes and documents.

    `checklist` is that of the last stage; null while the region has no policy pack in force. `latest_views` are the
    twenty looks before this one, the last first; all of them stand in the list of views.
    """

    group_name: str | None
    rating: HouseholdRatingOut
    rating_objections: list[RatingObjectionOut]
    list_requests: list[ListRequestOut]
    loans: list[KnownLoanOut]
    changes: list[ChangeSummaryOut]
    documents: list[DocumentsOfKind]
    document_count: int
    checklist: ChecklistOut | None
    latest_views: list[DossierViewOut]
    view_count: int
