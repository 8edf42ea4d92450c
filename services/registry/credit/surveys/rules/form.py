"""The collection form: which facts a visit collects and how each is scored (ZJ-1, LG-10). Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.registry.policy.packs.rules.schemes import scheme_of
from shared.policy.rating_terms import Indicator, RatingScheme

# Facts that the register keeps in columns of its own; nobody asks for them again.
KEPT_IN_THE_REGISTER: Final = frozenset({"member_count", "labourer_count"})
COUNTY: Final = "county"  # who scores a fact: the county, or a bank by its code
PART: Final = "part"  # a township or village with a pack of its own
_UNIT = re.compile(r"[(（]([^,,;;)）]{1,20})[^)）]*[)）]\s*$")


@dataclass(frozen=True, slots=True)
class FormLine:
    """One fact of the form: its indicator, who scores it, and whether the visit asks for it."""

    indicator: Indicator
    scored_by: tuple[str, ...]

    @property
    def is_collected(self) -> bool:
        """Return whether the visit collects it; the rest stands in the register."""
        return self.indicator.code not in KEPT_IN_THE_REGISTER


@dataclass(frozen=True, slots=True)
class AnswerFaults:
    """What is wrong with a household's answers: codes of indicators by kind of mistake."""

    unknown: tuple[str, ...]
    missing: tuple[str, ...]
    negative: tuple[str, ...]


def collection_form(county: RatingScheme, bank_code: str | None = None) -> tuple[FormLine, ...]:
    """Return the facts one visit collects: what the county scores and what its banks score on top (LG-10).

    One visit serves every standard, so that no bank's rating rests on a survey that left its questions out. With a
    `bank_code` only the lines which that bank scores.
    """
    scorers: dict[str, list[str]] = {}
    first: dict[str, Indicator] = {}
    for who in (COUNTY, *(each.bank_code for each in county.bank_schemes or ())):
        for indicator in scheme_of(county, None if who == COUNTY else who).indicators:
            first.setdefault(indicator.code, indicator)
            scorers.setdefault(indicator.code, []).append(who)
    lines = tuple(FormLine(indicator, tuple(scorers[code])) for code, indicator in first.items())
    if bank_code is None:
        return lines
    own = {indicator.code: indicator for indicator in scheme_of(county, bank_code).indicators}
    return tuple(FormLine(own[line.indicator.code], line.scored_by) for line in lines if line.indicator.code in own)


def form_of_part(part: RatingScheme, county: RatingScheme) -> tuple[FormLine, ...]:
    """Return the facts one visit collects in a part of the county with a pack of its own: its own and the county's.

    The county's campaign rates the households of every part, so none may lack what the campaign scores. Where both
    score a fact, it is asked and shown as the part does.
    """
    of_county = {line.indicator.code: line for line in collection_form(county)}
    lines = []
    for line in collection_form(part):
        scorers = [PART if who == COUNTY else who for who in line.scored_by]
        same = of_county.pop(line.indicator.code, None)
        lines.append(FormLine(line.indicator, tuple(dict.fromkeys([*scorers, *(same.scored_by if same else ())]))))
    return (*lines, *of_county.values())


def faults(answers: Mapping[str, Decimal], form: tuple[FormLine, ...]) -> AnswerFaults | None:
    """Return what is wrong with the answers of one household, or None when they are right."""
    asked = [line.indicator.code for line in form if line.is_collected]
    found = AnswerFaults(
        unknown=tuple(code for code in answers if code not in asked),
        missing=tuple(code for code in asked if code not in answers),
        negative=tuple(code for code, value in answers.items() if value < 0),
    )
    return found if found.unknown or found.missing or found.negative else None


def unit_of(name: str) -> str | None:
    """Return the unit a fact's name carries in brackets at its end, such as 元 in 年收入(元), or None."""
    found = _UNIT.search(name)
    return found[1].strip() if found else None
