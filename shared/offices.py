"""Which office takes a step in a county: the pack names it, the table of rights bounds it (LG-9, DZ-6, SX-7).

The program knows steps; a county's document says whose they are, and the county's pack repeats it. A step is taken in
the name of an office that the pack names, by somebody who holds the office's role and the step's right where the step
is taken. A step whose office the pack leaves out is open to every role with the right. Pure.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from shared.access import RIGHTS, Principal, Right, Role
from shared.errors import NotAllowed
from shared.languages import Sentence
from shared.policy.vocabulary import ApprovalLevel, Office, RegionLevel
from shared.vocabulary.load import in_chinese

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack
    from shared.policy.sourced import Sourced


class Step(StrEnum):
    """A step of the business that some office of the county takes."""

    RATING_REVIEW = "rating_review"
    RATING_FINALISATION = "rating_finalisation"
    LISTING_DECISION = "listing_decision"
    VILLAGE_CHECK = "village_check"
    TOWNSHIP_REVIEW = "township_review"
    COUNTY_REVIEW = "county_review"
    JOINT_REVIEW = "joint_review"
    VILLAGE_NOTICE = "village_public_notice"
    TOWNSHIP_NOTICE = "township_public_notice"
    COUNTY_NOTICE = "county_public_notice"
    CONDITION_APPROVAL = "condition_approval"
    HAND_OVER = "hand_over"
    DEFAULT_CONFIRMATION = "default_confirmation"
    SUBSIDY_PREPARATION = "subsidy_preparation"
    SUBSIDY_REVIEW = "subsidy_review"
    SUBSIDY_APPROVAL = "subsidy_approval"
    SUBSIDY_PAYMENT = "subsidy_payment"
    AGREEMENT_CONFIRMATION = "agreement_confirmation"
    DIVIDEND_APPROVAL = "dividend_approval"
    FUND_OPENING = "fund_opening"
    FUND_CONTRIBUTION = "fund_contribution"
    FUND_MOVEMENT = "fund_movement"
    FUND_MOVEMENT_DECISION = "fund_movement_decision"
    CLAIM_DECISION = "claim_decision"
    CLAIM_PAYMENT = "claim_payment"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A step's right, the pack's key that names its offices, and what officers call it."""

    right: Right
    key: str
    name: Sentence


_RULES: Final[Mapping[Step, _Rule]] = {
    Step.RATING_REVIEW: _Rule(Right.RATINGS_REVIEW, "rating.reviewed_by", Sentence("评级评议", "review of ratings")),
    Step.RATING_FINALISATION: _Rule(
        Right.RATINGS_FINALISE, "rating.finalised_by", Sentence("评级定级", "making ratings final")
    ),
    Step.LISTING_DECISION: _Rule(Right.LISTS_DECIDE, "lists.decided_by", Sentence("名单审定", "decision on a listing")),
    Step.VILLAGE_CHECK: _Rule(
        Right.APPLICATIONS_CHECK_VILLAGE, "approval.steps", Sentence("村级核查", "the village's check")
    ),
    Step.TOWNSHIP_REVIEW: _Rule(
        Right.APPLICATIONS_REVIEW_TOWNSHIP, "approval.steps", Sentence("乡镇审核", "the township's review")
    ),
    Step.COUNTY_REVIEW: _Rule(
        Right.APPLICATIONS_REVIEW_COUNTY, "approval.steps", Sentence("县级审核", "the county's review")
    ),
    Step.JOINT_REVIEW: _Rule(Right.APPLICATIONS_SIGN, "approval.steps", Sentence("联审会签", "joint review")),
    Step.CONDITION_APPROVAL: _Rule(
        Right.CONDITIONS_APPROVE,
        "eligibility.consequences",
        Sentence("不符合条件贷款的批准", "approval of a loan that misses a condition"),
    ),
    Step.VILLAGE_NOTICE: _Rule(
        Right.PUBLIC_NOTICES_RUN, "public_notice.offices", Sentence("村级公示", "the village's public notice")
    ),
    Step.TOWNSHIP_NOTICE: _Rule(
        Right.PUBLIC_NOTICES_RUN, "public_notice.offices", Sentence("乡镇公示", "the township's public notice")
    ),
    Step.COUNTY_NOTICE: _Rule(
        Right.PUBLIC_NOTICES_RUN, "public_notice.offices", Sentence("县级公示", "the county's public notice")
    ),
    Step.HAND_OVER: _Rule(
        Right.APPLICATIONS_HAND_OVER, "approval.handed_over_by", Sentence("移交银行", "hand-over to the bank")
    ),
    Step.DEFAULT_CONFIRMATION: _Rule(
        Right.DEFAULTS_CONFIRM, "repayment.default_confirmed_by", Sentence("违约确认", "confirmation of a default")
    ),
    Step.SUBSIDY_PREPARATION: _Rule(
        Right.SUBSIDIES_PREPARE, "subsidy.preparer", Sentence("贴息编制", "preparation of the subsidy")
    ),
    Step.SUBSIDY_REVIEW: _Rule(
        Right.SUBSIDIES_REVIEW, "subsidy.reviewer", Sentence("贴息复核", "review of the subsidy")
    ),
    Step.SUBSIDY_APPROVAL: _Rule(
        Right.SUBSIDIES_APPROVE, "subsidy.approver", Sentence("贴息审批", "approval of the subsidy")
    ),
    Step.SUBSIDY_PAYMENT: _Rule(Right.SUBSIDIES_PAY, "subsidy.payer", Sentence("贴息发放", "payment of the subsidy")),
    Step.AGREEMENT_CONFIRMATION: _Rule(
        Right.AGREEMENTS_CONFIRM,
        "linkage.agreements_confirmed_by",
        Sentence("协议确认", "confirmation of an agreement"),
    ),
    Step.DIVIDEND_APPROVAL: _Rule(
        Right.DIVIDENDS_APPROVE, "linkage.dividends_approved_by", Sentence("分红审批", "approval of dividends")
    ),
    Step.FUND_OPENING: _Rule(Right.FUNDS_OPEN, "fund.managers", Sentence("基金开户", "opening of the fund")),
    Step.FUND_CONTRIBUTION: _Rule(
        Right.FUNDS_CONTRIBUTE, "fund.paid_in_by", Sentence("基金注资", "payment into the fund")
    ),
    Step.FUND_MOVEMENT: _Rule(
        Right.FUNDS_PROPOSE, "fund.managers", Sentence("基金收支提出", "proposal of a movement of the fund")
    ),
    Step.FUND_MOVEMENT_DECISION: _Rule(
        Right.FUNDS_DECIDE, "fund.managers", Sentence("基金收支审定", "decision on a movement of the fund")
    ),
    Step.CLAIM_DECISION: _Rule(
        Right.CLAIMS_DECIDE, "compensation.committee", Sentence("代偿审定", "decision on a claim")
    ),
    Step.CLAIM_PAYMENT: _Rule(Right.CLAIMS_PAY, "fund.managers", Sentence("代偿支付", "payment of a claim")),
}
STEP_OF_STAGE: Final[Mapping[ApprovalLevel, Step]] = {
    ApprovalLevel.VILLAGE: Step.VILLAGE_CHECK,
    ApprovalLevel.TOWNSHIP: Step.TOWNSHIP_REVIEW,
    ApprovalLevel.COUNTY_CENTRE: Step.COUNTY_REVIEW,
    ApprovalLevel.JOINT_REVIEW: Step.JOINT_REVIEW,
}
STEP_OF_NOTICE: Final[Mapping[RegionLevel, Step]] = {
    RegionLevel.VILLAGE: Step.VILLAGE_NOTICE,
    RegionLevel.TOWNSHIP: Step.TOWNSHIP_NOTICE,
    RegionLevel.COUNTY: Step.COUNTY_NOTICE,
}
_STAGE_OF: Final = {step: level for level, step in STEP_OF_STAGE.items()}
_NOTICE_OF: Final = {step: level for level, step in STEP_OF_NOTICE.items()}
# A level's own officers run its public notice; a higher level may do it for a lower one, never the other way round.
_ONLY: Final[Mapping[Step, frozenset[Role]]] = {
    Step.TOWNSHIP_NOTICE: frozenset({Role.TOWNSHIP, Role.SERVICE_CENTRE, Role.POVERTY_OFFICE}),
    Step.COUNTY_NOTICE: frozenset({Role.SERVICE_CENTRE, Role.POVERTY_OFFICE}),
}
# An office inside another one acts by that one's people; every other office's people have the role of its own code.
_PART_OF: Final[Mapping[Office, Role]] = {Office.RISK_GROUP: Role.TOWNSHIP}


class OtherOffice(NotAllowed):
    """The county's pack names another office for this step."""

    code = "other-office"
    title = "由其他部门办理 Another office's step"
    clause = "LG-9"

    def __init__(self, step: Step, offices: Collection[Office]) -> None:
        name = _RULES[step].name
        super().__init__(
            zh=f"本县的{name.zh}由{'、'.join(in_chinese(each, 'Office') for each in offices)}办理，您在此区划不属于上述"
            "部门；请由上述部门办理。",
            en=f"In this county {name.en} is for: {', '.join(offices)}; you belong to none of them here. "
            "Ask one of them.",
            step=str(step),
            offices=[str(each) for each in offices],
        )


def office_zh(office: Office) -> str:
    """Return what an office is called in Chinese."""
    return in_chinese(office, "Office")


def name_of(step: Step) -> Sentence:
    """Return what officers call a step."""
    return _RULES[step].name


def key_of(step: Step) -> str:
    """Return the pack's key that names a step's offices, such as `subsidy.payer`."""
    return _RULES[step].key


def right_of(step: Step) -> Right:
    """Return the right that a step needs."""
    return _RULES[step].right


def role_of(office: Office) -> Role | None:
    """Return the role of an office's people, or None when nobody can be given one."""
    codes = {str(role): role for role in Role}
    return _PART_OF.get(office) or codes.get(office)


def may_take(step: Step, office: Office) -> bool:
    """Return whether the table of rights lets the office take the step."""
    role = role_of(office)
    return role in RIGHTS[right_of(step)] and role in _ONLY.get(step, RIGHTS[right_of(step)])


def could_take(step: Step) -> tuple[Office, ...]:
    """Return every office that the table of rights lets take the step, in the vocabulary's order."""
    return tuple(office for office in Office if may_take(step, office))


def offices_of(pack: "PolicyPack", step: Step) -> tuple[Office, ...] | None:
    """Return the offices that the pack names for a step; None when it names none, or the county has no such step."""
    if stage := _STAGE_OF.get(step):
        return next((each.signers for each in pack.approval.steps.value if each.level is stage), None)
    if level := _NOTICE_OF.get(step):
        hanging = pack.public_notice.offices
        return next((each.offices for each in hanging.value if each.level is level), None) if hanging else None
    if step is Step.CONDITION_APPROVAL:
        said = pack.eligibility.consequences
        asked = dict.fromkeys(each.office for each in said.value if each.office is not None) if said else {}
        return tuple(asked) or None
    sourced = _named(pack)[step]
    if sourced is None:
        return None
    return (sourced.value,) if isinstance(sourced.value, Office) else sourced.value


def _named(pack: "PolicyPack") -> "Mapping[Step, Sourced[Office] | Sourced[tuple[Office, ...]] | None]":
    return {
        Step.RATING_REVIEW: pack.rating.reviewed_by,
        Step.RATING_FINALISATION: pack.rating.finalised_by,
        Step.LISTING_DECISION: pack.lists.decided_by,
        Step.HAND_OVER: pack.approval.handed_over_by,
        Step.DEFAULT_CONFIRMATION: pack.repayment.default_confirmed_by,
        Step.SUBSIDY_PREPARATION: pack.subsidy.preparer,
        Step.SUBSIDY_REVIEW: pack.subsidy.reviewer,
        Step.SUBSIDY_APPROVAL: pack.subsidy.approver,
        Step.SUBSIDY_PAYMENT: pack.subsidy.payer,
        Step.AGREEMENT_CONFIRMATION: pack.linkage.agreements_confirmed_by if pack.linkage else None,
        Step.DIVIDEND_APPROVAL: pack.linkage.dividends_approved_by if pack.linkage else None,
        Step.FUND_OPENING: pack.fund.managers,
        Step.FUND_CONTRIBUTION: pack.fund.paid_in_by,
        Step.FUND_MOVEMENT: pack.fund.managers,
        Step.FUND_MOVEMENT_DECISION: pack.fund.managers,
        Step.CLAIM_DECISION: pack.compensation.committee,
        Step.CLAIM_PAYMENT: pack.fund.managers,
    }


def offices_in_whose_name(
    officer: Principal, step: Step, regions: Collection[str], pack: "PolicyPack | None"
) -> tuple[Office, ...]:
    """Return the offices in whose name the officer may take the step in all of these regions, the pack's first.

    `pack` is the pack that rules there; without one, and for a step that it names no office for, the table of rights
    decides alone.

    Raises:
        OtherOffice: the pack names other offices.
        ActsInTheCounty: the officer has the right above the county only (SX-7, NX-15).
    """
    allowed = _allowed(step, pack)
    acting = _acting(officer, step, regions, allowed)
    if not acting:
        if not officer.has(right_of(step)) and officer.above_county(right_of(step)):
            officer.ensure_has(right_of(step))
        named = offices_of(pack, step) if pack is not None else None
        raise OtherOffice(step, allowed if named is None else named)
    return acting


def takes(officer: Principal, step: Step, regions: Collection[str], pack: "PolicyPack | None") -> bool:
    """Return whether the officer belongs to an office that takes the step in all of these regions."""
    return bool(_acting(officer, step, regions, _allowed(step, pack)))


def _allowed(step: Step, pack: "PolicyPack | None") -> tuple[Office, ...]:
    named = offices_of(pack, step) if pack is not None else None
    return could_take(step) if named is None else tuple(office for office in named if may_take(step, office))


def _acting(
    officer: Principal, step: Step, regions: Collection[str], allowed: Collection[Office]
) -> tuple[Office, ...]:
    return tuple(office for office in allowed if _belongs_to(officer, office, step, regions))


def acting_for(officer: Principal, step: Step, region_code: str, pack: "PolicyPack | None") -> Office:
    """Return the first office in whose name the officer may take the step in a region, as the record keeps it.

    Raises:
        OtherOffice, ActsInTheCounty: as for `offices_in_whose_name`.
    """
    return offices_in_whose_name(officer, step, (region_code,), pack)[0]


def _belongs_to(officer: Principal, office: Office, step: Step, regions: Collection[str]) -> bool:
    prefixes = tuple(each.region for each in officer.grants_for(right_of(step)) if each.role is role_of(office))
    return bool(prefixes) and all(region.startswith(prefixes) for region in regions)
