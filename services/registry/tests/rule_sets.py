"""Rule sets of every pack, and of counties that ask for nothing or for everything, each with its pack as text."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final, get_type_hints

from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.tests.borrowing import PACKS
from services.registry.tests.rating_schemes import BANK_SCHEME
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.policy.pack import PolicyPack
from shared.policy.signing import unanswered
from shared.policy.terms import EligibilityRules
from shared.policy.vocabulary import EntityParty, LoanMode

Question = tuple[date, HouseholdFacts, LoanRequest]


# Every yes or no of the section on borrowers.
_CONDITIONS: Final = [name for name, hint in get_type_hints(EligibilityRules).items() if hint in (bool, bool | None)]


def _asking(everything: bool) -> dict[str, dict[str, Any]]:
    """Return the values of every condition that a county may set or leave, set or left; None leaves a value out."""
    return {
        "eligibility": {
            "age_max_years": 65 if everything else None,
            "age_plus_term_max_years": 60 if everything else None,
            **dict.fromkeys(_CONDITIONS, everything),
            "bad_record_rule": "none_allowed" if everything else "ignored",
            "income_per_head_max": "4000.00" if everything else None,
            "project_stages": ["preparing", "started"] if everything else None,
        },
        "purposes": {"industries_per_borrower_min": 2 if everything else 0},
        "entities": {
            "modes": [str(mode) for mode in LoanMode],
            "capacity_required": everything,
            "joint_participation_required": everything or None,
            "determined_by": [str(party) for party in EntityParty] if everything else None,
            "choice_required": everything or None,
        },
        "lending": {
            "term_months_normal": 24 if everything else None,
            "amount_within_means": everything or None,
            "securities": ["credit", "forest_right"] if everything else None,
            "covered_by_fund": False if everything else None,
        },
        "rating": {"bank_schemes": [BANK_SCHEME] if everything else None},
    }


def _pack(name: str, changes: Mapping[str, Mapping[str, Any]], **header: Any) -> PolicyPack:
    """Return a pack that holds from 2016 on, with values set by the test and without its worked examples."""
    content = PACKS[name].model_dump(mode="json", exclude={"examples"}, exclude_none=True)
    content["header"].update(effective_from="2016-01-01", **header)
    for section, values in changes.items():
        for key, value in values.items():
            content[section].pop(key, None)
            if value is not None:
                content[section][key] = {"value": value, "assumed": True, "reason": "Set by the test."}
    return PolicyPack.model_validate(content)


PACK_BY_NAME: Final[Mapping[str, PolicyPack]] = {
    **{name: _pack(name, {}) for name in PACKS},
    "asks for nothing": _pack("fengjie", _asking(everything=False), code="asks-nothing", regions=["500237"]),
    "asks for everything": _pack("fengjie", _asking(everything=True), code="asks-everything", regions=["500238"]),
}
RULES_BY_NAME: Final[Mapping[str, BorrowingRules]] = {name: rules_of(pack) for name, pack in PACK_BY_NAME.items()}
ASKS_NOTHING: Final = replace(RULES_BY_NAME["asks for nothing"], areas=RULES_BY_NAME["fengjie"].areas)


def submitted_text(name: str) -> str:
    """Return the pack as an officer could send it, its questions answered, whole without its base; JSON is YAML too."""
    pack = PACK_BY_NAME[name]
    plain = _without_layers(pack.model_dump(mode="json", exclude={"examples", "based_on"}, exclude_none=True))
    asked = [{"question": each.code, "key": each.key, "answer": "Set by the test."} for each in unanswered(pack)]
    return json.dumps({**plain, "answers": [*plain.get("answers", []), *asked]})


def _without_layers(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_layers(each) for key, each in node.items() if key != "layer"}
    return [_without_layers(each) for each in node] if isinstance(node, list) else node
