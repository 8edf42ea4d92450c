"""Agreements in and out."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.subsidy.proposals.schemas import ReversalIn
from shared.errors import WrongValue
from shared.money import ZERO, Money, PositiveMoney
from shared.regions import RegionCode
from shared.web.bodies import Answer, Body, Code, Day, HappenedOn, LongText, Reference, Text

HOUSEHOLDS_MAX = 2000
AgreementNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z\u4e00-\u9fff()（）〔〕\[\]_/-]{1,40}$")]
AgreementKind = Literal["household_township", "rolling_development", "entity_household", "township_entity"]
AgreementState = Literal["drafted", "signed", "in_force", "terminated", "withdrawn"]
DividendForm = Literal["guaranteed", "equity", "linkage"]
YearRates = Annotated[tuple[Money, ...], Field(max_length=50)]


class ShareIn(Body):
    """A household's money in the business: its part of the grant, of its own loan, and the land that it leases."""

    household_id: UUID
    grant_amount: Money = ZERO
    loan_amount: Money = ZERO
    area_mu: Money = ZERO


class SecurityIn(Body):
    """What the entity puts up: money, or fixed assets with the paper that values them (ZJ-4(b))."""

    security_kind: Literal["money", "fixed_assets"]
    what: Text
    value: PositiveMoney
    valuation_document: Reference
    valued_on: HappenedOn


class NegotiatorIn(Body):
    """Somebody who negotiated, in which role of the county's list (ZJ-5(f))."""

    role: Code
    person_name: Text


class TermsIn(Body):
    """What the parties agree: time, scale, benefit, aftercare, duties, shares and the dividend (ZJ-2a, ZJ-2b)."""

    valid_from: Day
    valid_until: Day
    scale: Text | None = None
    benefit: Text | None = None
    aftercare: LongText | None = None
    duties: LongText | None = None
    household_duties: LongText | None = None
    entity_id: UUID | None = None
    entity_name: Text | None = None
    shares: Annotated[tuple[ShareIn, ...], Field(max_length=HOUSEHOLDS_MAX)] = ()
    dividend_form: DividendForm | None = None
    linkage_model: Code | None = None
    grant_rates: YearRates = ()
    loan_rates: YearRates = ()
    household_share: Money | None = None
    payment_days: Annotated[int, Field(ge=0, le=365)] = 30
    securities: Annotated[tuple[SecurityIn, ...], Field(max_length=50)] = ()
    negotiators: Annotated[tuple[NegotiatorIn, ...], Field(max_length=50)] = ()
    rent_per_mu: PositiveMoney | None = None
    floor_price_per_500g: PositiveMoney | None = None
    lease_services: Annotated[tuple[Literal["management", "guidance", "service"], ...], Field(max_length=3)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "TermsIn":
        if self.valid_until <= self.valid_from:
            raise WrongValue(zh="valid_until 须晚于 valid_from。", en="valid_until must lie after valid_from")
        if (self.entity_id is None) != (self.entity_name is None):
            raise WrongValue(
                zh="entity_id 与 entity_name 须同时填写。", en="name the entity by entity_id and entity_name"
            )
        if len({each.household_id for each in self.shares}) < len(self.shares):
            raise WrongValue(zh="同一农户填写了两次，请合并。", en="a household is named twice; write one share")
        return self


class AgreementIn(Body):
    """A draft: whose agreement it is, of which kind, and its terms; `follows_id` names the one whose place it takes."""

    region_code: Annotated[RegionCode, StringConstraints(min_length=9)]
    number: AgreementNumber
    kind: AgreementKind
    project_id: UUID | None = None
    follows_id: UUID | None = None
    delegate_name: Text | None = None
    terms: TermsIn
    drafted_on: HappenedOn


class AgreementSignatureIn(Body):
    """The day on which all parties had signed, and the signed paper's number in the county's file."""

    signed_on: HappenedOn
    signed_document: Reference


class AgreementConfirmationIn(Body):
    """The day on which another person of the office that the pack names confirms the agreement."""

    confirmed_on: HappenedOn


class AgreementWithdrawalIn(Body):
    """The day on which a draft or a signed agreement that never held is withdrawn."""

    withdrawn_on: HappenedOn


class AgreementCorrectionIn(Body):
    """The right terms in place of wrong ones, and why; another person decides."""

    terms: TermsIn
    reason: Text
    proposed_on: HappenedOn


class AgreementDecisionIn(Body):
    """Whether another person accepts what was proposed."""

    decision: Literal["accept", "reject"]
    decided_on: HappenedOn


class AgreementDelegateIn(Body):
    """Who takes over as the implementing unit's delegate in the management, from which day."""

    delegate_name: Text
    from_on: HappenedOn


class AgreementTerminationIn(Body):
    """Why an agreement is to end early, on which day, and by when the entity returns the principal (ZJ-5(d))."""

    reason: Text
    ends_on: HappenedOn
    principal_due_on: Day
    principal_to: RegionCode
    proposed_on: HappenedOn


class PrincipalReceiptIn(Body):
    """Principal that reached the village collective's account."""

    amount: PositiveMoney
    received_on: HappenedOn
    bank_reference: Reference


class AgreementDelegateOut(Answer):
    """A delegate and the day from which."""

    delegate_name: str
    from_on: date


class PrincipalReceiptOut(Answer):
    """Principal that came back; a receipt that was booked wrongly has the day on which it was reversed."""

    id: UUID
    amount: Money
    received_on: date
    bank_reference: str
    recorded_by: str
    reversed_on: date | None


class SecurityReleaseIn(ReversalIn):
    """What of which security is given back to the entity on a day; lowered like this, it secures less (ZJ-4(b))."""

    valuation_document: Reference
    amount: PositiveMoney
    released_on: HappenedOn


class SecurityReleaseOut(Answer):
    """What of a security was given back to the entity."""

    valuation_document: str
    amount: Money
    released_on: date


class AgreementTerminationOut(Answer):
    """How an agreement is to end, or ended, and what of the principal came back."""

    id: UUID
    reason: str
    ends_on: date
    principal: Money
    principal_due_on: date
    principal_to: str
    principal_received: Money
    receipts: list[PrincipalReceiptOut]
    state: str
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_on: date | None


class AgreementCorrectionOut(Answer):
    """A proposal of other terms and how it was decided."""

    version: int
    state: str
    reason: str | None
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_on: date | None


class AgreementOut(Answer):
    """An agreement as a list shows it."""

    id: UUID
    county_code: str
    region_code: str
    number: str
    kind: str
    project_id: UUID | None
    follows_id: UUID | None
    followed_by_id: UUID | None
    state: str
    version: int
    valid_from: date
    valid_until: date
    entity_id: UUID | None
    dividend_form: str | None
    household_count: int
    grant_amount: Money
    loan_amount: Money
    ended_on: date | None


class AgreementDetail(AgreementOut):
    """An agreement with its terms, who signed and confirmed, delegates, corrections and its end."""

    terms: dict[str, Any]
    drafted_by: str
    drafted_on: date
    signed_on: date | None
    signed_document: str | None
    signed_by: str | None
    confirmed_by: str | None
    confirmed_as: str | None
    confirmed_on: date | None
    delegates: list[AgreementDelegateOut]
    corrections: list[AgreementCorrectionOut]
    security_needed: Money
    security_releases: list[SecurityReleaseOut]
    termination: AgreementTerminationOut | None


class AgreementDutyOut(Answer):
    """Something about an agreement that somebody must do, and by when."""

    agreement_id: UUID
    number: str
    region_code: str
    duty: str
    due_on: date
    amount: Money | None
