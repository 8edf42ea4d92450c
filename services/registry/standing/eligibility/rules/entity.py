"""Does the county know this way of using the loan, and is the implementing entity one it may use (SX-4, LG-28)? Pure.

The four conditions of SX-4, lists and capacity are all that is asked of an entity: no further barrier.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, EntityRule, ReasonKind
from services.registry.standing.eligibility.rules.household import LIST_ZH
from shared.policy.household_facts import EntityFacts, LoanRequest
from shared.policy.vocabulary import ENTITY_USE, OWN_USE, EntityParty, LoanMode
from shared.rules.reasons import Reason

_MODE_ZH: Final[Mapping[str, str]] = {
    LoanMode.DIRECT: "户贷户用",
    LoanMode.JOINT: "合作或抱团经营",
    LoanMode.INDIRECT: "通过实施主体带动",
    LoanMode.EQUITY: "入股分红",
    LoanMode.ENTERPRISE_USE: "户贷企用",
}
_PARTY_ZH: Final[Mapping[str, str]] = {
    EntityParty.COUNTY: "县",
    EntityParty.BANK: "银行机构",
    EntityParty.INSURER: "保险机构",
}
LISTED_CLAUSE: Final = "LG-22"


def mode_not_offered(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The loan is used in a way the county knows (SX-4)."""
    modes = rules.entities.modes
    if loan_request.mode in modes:
        return None
    return Reason(
        "mode-not-offered",
        rules.clauses["modes"],
        f"本县不开展“{_MODE_ZH[loan_request.mode]}”，可选：{'、'.join(_MODE_ZH[mode] for mode in modes)}。",
        f"The county does not offer the mode {loan_request.mode}; choose one of {', '.join(modes)}.",
    )


def enterprise_use_banned(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A loan granted after the day of the ban is used by no entity, whatever the mode; on the day it may be (LG-28)."""
    last = rules.entities.enterprise_use_banned_after
    if loan_request.mode in OWN_USE or last is None or (loan_request.granted_on or as_of) <= last:
        return None
    return Reason(
        "enterprise-use-banned",
        rules.clauses["enterprise_use_banned_after"],
        f"{last}之后发放的贷款不得户贷企用（带动使用、入股、转贷、指标交换），请由本户自用。",
        f"A loan granted after {last} may not be used by an entity through an agreement, equity, on-lending or quota "
        "exchange; let the household use it itself.",
    )


def entity_missing(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A loan that an entity is to use names an implementing entity that is on file and active (SX-4)."""
    if loan_request.mode not in ENTITY_USE or (entity is not None and entity.active):
        return None
    return Reason(
        "entity-missing",
        rules.clauses["modes"],
        "未指定在册且正常经营的实施主体，请先与实施主体签订帮扶协议。",
        "No implementing entity that is on file and active is named; sign a help agreement with one first.",
    )


def _asked_about(entity: EntityFacts | None, loan_request: LoanRequest) -> EntityFacts | None:
    """Return the entity that is to use the loan; no other loan asks about one."""
    return entity if loan_request.mode in ENTITY_USE else None


def entity_listed(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A listed entity gets no support until it is cleared (LG-22)."""
    entity = _asked_about(entity, loan_request)
    if entity is None or not entity.lists:
        return None
    return Reason(
        "entity-listed",
        LISTED_CLAUSE,
        f"实施主体在{'、'.join(LIST_ZH[each] for each in entity.lists)}上，请另选实施主体。",
        f"The implementing entity is on the {' and the '.join(entity.lists)} list; choose another entity.",
    )


def entity_not_determined(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Every party that determines an entity together with the others has said yes and none says no (SX-10)."""
    entity = _asked_about(entity, loan_request)
    parties = rules.entities.determined_by or ()
    lacking = [] if entity is None else [party for party in parties if party not in entity.determined_by]
    if not lacking:
        return None
    return Reason(
        "entity-not-determined",
        rules.clauses["determined_by"],
        f"实施主体须由{'、'.join(_PARTY_ZH[each] for each in parties)}共同确定，"
        f"{'、'.join(_PARTY_ZH[each] for each in lacking)}尚未同意，请先取得一致意见或另选实施主体。",
        f"An implementing entity is determined by {', '.join(parties)} together; {', '.join(lacking)} did not agree. "
        "Reach agreement first or choose another entity.",
    )


def entity_not_chosen(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The household itself chose the entity, having seen what others there are (SX-10)."""
    entity = _asked_about(entity, loan_request)
    if entity is None or not rules.entities.choice_required or entity.chosen:
        return None
    return Reason(
        "entity-not-chosen",
        rules.clauses["choice_required"],
        "没有该户知情并自选该实施主体的记录，不得代为选定；请先让农户了解各实施主体情况并自行选择、签订帮扶协议。",
        "It is not recorded that the household saw every entity and chose this one; nobody chooses for it. "
        "Show it the entities and let it sign the help agreement of its choice first.",
    )


def entity_condition(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The entity meets every condition of the pack; each that is missing is named (SX-4)."""
    entity = _asked_about(entity, loan_request)
    if entity is None:
        return None
    missing = [each for each in rules.entities.conditions if each.code not in entity.conditions_met]
    if not missing:
        return None
    return Reason(
        "entity-condition-missing",
        rules.clauses["conditions"],
        f"实施主体不具备条件：{'、'.join(each.zh for each in missing)}；请补齐证明或另选实施主体。",
        f"The implementing entity does not meet: {'; '.join(each.en for each in missing)}. "
        "Put the evidence on file or choose another entity.",
    )


def entity_not_assessed(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The entity's capacity was assessed and the assessment is valid (SX-4)."""
    entity = _asked_about(entity, loan_request)
    if entity is None or not rules.entities.capacity_required or _is_assessed(entity, as_of):
        return None
    return Reason(
        "entity-not-assessed",
        rules.clauses["capacity_required"],
        "实施主体承载能力尚未评估或评估已过期，请先组织评估。",
        "The implementing entity's capacity has not been assessed or the assessment has expired; have it assessed.",
    )


def _is_assessed(entity: EntityFacts, as_of: date) -> bool:
    if entity.households_max is None or entity.assessed_on is None or entity.assessed_on > as_of:
        return False
    return entity.valid_until is None or as_of < entity.valid_until


def entity_full(
    entity: EntityFacts | None, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """With this household the entity stays within its assessed capacity, in households and in yuan (SX-4)."""
    entity = _asked_about(entity, loan_request)
    if entity is None or not rules.entities.capacity_required or entity.households_max is None:
        return None
    fits = entity.households < entity.households_max
    if fits and (entity.amount_max is None or entity.amount + loan_request.amount <= entity.amount_max):
        return None
    zh, en = ("", "") if entity.amount_max is None else (f"、{entity.amount_max}元", f" and {entity.amount_max} yuan")
    return Reason(
        "entity-full",
        rules.clauses["capacity_required"],
        f"实施主体已带动{entity.households}户、{entity.amount}元，加本户超过承载能力（{entity.households_max}户{zh}），"
        "请另选实施主体。",
        f"The implementing entity already has {entity.households} household(s) and {entity.amount} yuan; with this "
        f"one it would pass its capacity of {entity.households_max} household(s){en}. Choose another entity.",
    )


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[EntityRule, ...]] = (
    (ReasonKind("mode-not-offered", "本县不开展该贷款方式", "loan mode not offered", "modes"), mode_not_offered),
    (
        ReasonKind("enterprise-use-banned", "禁止户贷企用", "enterprise use banned", "enterprise_use_banned_after"),
        enterprise_use_banned,
    ),
    (ReasonKind("entity-missing", "未指定实施主体", "no implementing entity", "modes"), entity_missing),
    (
        ReasonKind("entity-listed", "实施主体在名单上", "implementing entity on a list", clause=LISTED_CLAUSE),
        entity_listed,
    ),
    (
        ReasonKind("entity-not-determined", "实施主体未共同确定", "entity not determined together", "determined_by"),
        entity_not_determined,
    ),
    (ReasonKind("entity-not-chosen", "农户未自选实施主体", "entity not chosen", "choice_required"), entity_not_chosen),
    (
        ReasonKind(
            "entity-condition-missing", "实施主体条件不全", "implementing entity lacks a condition", "conditions"
        ),
        entity_condition,
    ),
    (
        ReasonKind("entity-not-assessed", "实施主体未评估", "implementing entity not assessed", "capacity_required"),
        entity_not_assessed,
    ),
    (ReasonKind("entity-full", "实施主体承载能力已满", "implementing entity full", "capacity_required"), entity_full),
)
