"""The table on the terminal and docs/clauses.json, the same every time for the same results."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tools.clauses.catalogue import Catalogue
from tools.clauses.status import ClauseStatus, Evidence, PackValue, PartStatus, State

STATE_WORDS = {
    State.PROVEN: "[green]已证明 proven[/]",
    State.PARTLY: "[green]部分证明 partly[/]",
    State.FAILING: "[red]未通过 failing[/]",
    State.VALUE_ONLY: "[yellow]仅有取值 value only[/]",
    State.OPEN: "[dim]未实现 open[/]",
}
TESTS_SHOWN = 3


def as_json(catalogue: Catalogue, statuses: Sequence[ClauseStatus]) -> str:
    """Return docs/clauses.json: a summary by section and every clause with its parts, rules, tests and values."""
    content = {
        "summary": _summary(catalogue, statuses),
        "clauses": [_clause(each) for each in statuses],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _summary(catalogue: Catalogue, statuses: Sequence[ClauseStatus]) -> dict[str, Any]:
    return {
        "clauses": len(statuses),
        "claimed": sum(each.clause.is_claimed for each in statuses),
        **_counted(each.state for each in statuses),
        "parts": _parts_counted(statuses),
        "sections": [
            {
                "section": number,
                "zh": name.zh,
                "en": name.en,
                **_counted(each.state for each in statuses if each.clause.section == number),
                "parts": _parts_counted([each for each in statuses if each.clause.section == number]),
            }
            for number, name in sorted(catalogue.sections.items())
        ],
    }


def _parts_counted(statuses: Sequence[ClauseStatus]) -> dict[str, int]:
    """Count what is asked for: every part, and every clause without parts."""
    parts = [part for each in statuses for part in each.parts]
    counted = _counted(part.state for part in parts)
    del counted[State.PARTLY.value]
    return {"asked": len(parts), "claimed": sum(part.asks.claimed for part in parts), **counted}


def _counted(states: Iterable[State]) -> dict[str, int]:
    counted = Counter(states)
    return {state.value: counted[state] for state in State}


def _clause(status: ClauseStatus) -> dict[str, Any]:
    clause = status.clause
    found: dict[str, Any] = {
        "id": clause.id,
        "source": clause.source,
        "section": clause.section,
        "where": list(clause.where),
        "zh": clause.zh,
        "en": clause.en,
        "claimed": clause.is_claimed,
        "open": clause.open,
        "state": status.state.value,
        "lacks": clause.lacks.model_dump() if clause.lacks else None,
        "rules": {clause.rule: "all of it"} if clause.rule else dict(clause.rules),
        **_evidence(status.evidence),
    }
    if clause.parts:
        found["parts"] = [_part(status, letter, part) for letter, part in zip(clause.parts, status.parts, strict=True)]
    return found


def _part(whole: ClauseStatus, letter: str, part: PartStatus) -> dict[str, Any]:
    """Return a part; tests of the whole clause that prove it stand at the clause and are not repeated."""
    own = {test: cases for test, cases in part.evidence.passed.items() if test not in whole.evidence.passed}
    return {
        "id": part.id,
        "zh": part.asks.zh,
        "en": part.asks.en,
        "claimed": part.asks.claimed,
        "open": part.asks.open,
        "mark": whole.clause.parts[letter].mark,
        "state": part.state.value,
        **_evidence(replace(part.evidence, passed=own)),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "proven_by": [{"test": test, "cases": cases} for test, cases in evidence.passed.items()],
        "failing": list(evidence.failed),
        "values": [{"pack": value.pack, "key": value.key, "follows": value.follows} for value in evidence.values],
    }


def print_table(catalogue: Catalogue, statuses: Sequence[ClauseStatus], console: Console) -> None:
    """Print one row per clause and per part, section by section, and the counts."""
    for number, name in sorted(catalogue.sections.items()):
        table = Table(title=f"{number} {name.zh} {name.en}", title_justify="left", expand=True, box=SIMPLE)
        for heading, ratio in (("条款 clause", 4), ("状态 state", 3), ("证明 proven by", 8), ("取值 value in", 5)):
            table.add_column(heading, ratio=ratio, overflow="fold")
        for each in (each for each in statuses if each.clause.section == number):
            promised = " *" if each.clause.claimed else ""
            what = f"[bold]{each.clause.id}{promised}[/] {each.clause.zh}"
            table.add_row(what, STATE_WORDS[each.state], _tests(each.evidence), _packs(each.evidence.values))
            for letter, part in zip(each.clause.parts, each.parts, strict=False):
                promised = " *" if part.asks.claimed else ""
                what = f"  ({letter}){promised} {part.asks.zh}"
                by_itself = part.asks.claimed and each.clause.parts[letter].mark == "part"
                tests = _tests(part.evidence) if by_itself else ""
                table.add_row(what, STATE_WORDS[part.state], tests, _packs(part.evidence.values))
        console.print(table)
    clauses = ", ".join(f"{n} {state}" for state, n in _counted(each.state for each in statuses).items())
    parts = ", ".join(f"{n} {state}" for state, n in _parts_counted(statuses).items())
    console.print(f"{len(statuses)} clauses: {clauses}")
    console.print(f"条款各项 parts, clauses without parts counted as one (* claimed): {parts}")


def _tests(evidence: Evidence) -> str:
    chosen = evidence.failed or evidence.passed
    shown = [f"{test} ×{cases}" if cases > 1 else test for test, cases in list(chosen.items())[:TESTS_SHOWN]]
    rest = len(chosen) - len(shown)
    return "\n".join([*shown, f"… {rest} more"] if rest else shown)


def _packs(values: Sequence[PackValue]) -> str:
    """Return one line per pack: the values the clause sets, and how many more are assumed after it."""
    lines = []
    for pack in sorted({value.pack for value in values}):
        own = [value.key for value in values if value.pack == pack and not value.follows]
        after = sum(value.follows for value in values if value.pack == pack)
        lines.append(f"{pack}: {', '.join([*own, *([f'{after} assumed after it'] if after else [])])}")
    return "\n".join(lines)
