"""When a late borrower is listed, what an entry bars, what cuts leave of a quota, when an appeal is due. Pure.

Clauses FJ-12 and LG-22.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto
from typing import Final

from shared.policy.terms import ListRule, Term

# No county's document names a term for deciding; a pack that has one sets lists.appeal_decision_days.
APPEAL_DECISION_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that an entry bars, in words, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


@dataclass(frozen=True, slots=True)
class ListEffectRules:
    """What a county's lists bar; `clauses` names the origin of each value by its name in the pack."""

    barred_by_lists: bool
    blacklist_bars_support: bool
    clauses: Mapping[str, str]
    sanctions: tuple[Term, ...] = ()  # what the county's offices do together against who is listed


_SUPPORT: Final = (
    ("no-support", "清偿前不享受扶持政策。", "No support until it is cleared."),
    ("no-grant", "清偿前不得领取补助资金。", "No grant until it is cleared."),
    ("no-project", "清偿前不得参与扶贫项目。", "No part in projects until it is cleared."),
)
_ENTITY_CLAUSE: Final = "LG-22"


class Lateness(Enum):
    """How a loan stands to lateness as it is known now."""

    NEVER = auto()  # an entry over lateness never had a ground
    OVER = auto()  # it was late and is not any more
    LATE = auto()


def lateness_of(overdue_from: date | None, never_late: bool) -> Lateness:
    """Return how a loan stands, overdue since a day or not now, and perhaps never late (FJ-12)."""
    if overdue_from is not None:
        return Lateness.LATE
    return Lateness.NEVER if never_late else Lateness.OVER


def is_listed_for_lateness(rule: ListRule, overdue_from: date, noticed_on: date) -> bool:
    """Return whether a loan overdue since a day puts its household on the dishonesty list on the day it was noticed.

    `overdue_from` is the first day after the due date, so on that day the borrower is one day late.
    """
    if rule.dishonesty_after_days_late is None:
        return False
    return rule.dishonesty_after_days_late.is_met((noticed_on - overdue_from).days + 1)


def decide_by(rule: ListRule, filed_on: date) -> date:
    """Return the last day on which a proposal, an appeal or a removal is decided in time."""
    days = rule.appeal_decision_days or APPEAL_DECISION_DAYS
    return filed_on + timedelta(days=min(days, (date.max - filed_on).days))


def household_effects(list_name: str, rules: ListEffectRules) -> tuple[Effect, ...]:
    """Return what an entry bars a household from (FJ-12, LG-22)."""
    found = []
    if rules.barred_by_lists:
        found.append(
            Effect("no-new-loan", "不得申请新的小额信贷。", "No new small loan.", rules.clauses["barred_by_lists"])
        )
    if list_name == "blacklist":
        found += _support(rules)
        found.append(
            Effect("no-binding", "不得与实施主体签订带动协议。", "No help agreement with an entity.", _ENTITY_CLAUSE)
        )
    return (*found, *_sanctions(rules))


def entity_effects(list_name: str, rules: ListEffectRules) -> tuple[Effect, ...]:
    """Return what an entry bars an implementing entity from (LG-22)."""
    found = [Effect("no-new-household", "不得新增带动户。", "No new household may be bound to it.", _ENTITY_CLAUSE)]
    if list_name == "blacklist":
        found.append(
            Effect(
                "bindings-flagged",
                "已带动户的协议须逐户核查。",
                "The agreements of the households bound to it are to be looked at one by one.",
                _ENTITY_CLAUSE,
            )
        )
        found += _support(rules)
    return (*found, *_sanctions(rules))


def _sanctions(rules: ListEffectRules) -> list[Effect]:
    """Return the joint sanctions (失信联合惩戒) as the county's pack names them (ZJ-8)."""
    return [Effect(each.code, each.zh, each.en, rules.clauses["sanctions"]) for each in rules.sanctions]


def _support(rules: ListEffectRules) -> list[Effect]:
    if not rules.blacklist_bars_support:
        return []
    clause = rules.clauses["blacklist_bars_support"]
    return [Effect(code, zh, en, clause) for code, zh, en in _SUPPORT]
