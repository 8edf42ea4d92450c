"""The table on the terminal and docs/clauses.json, the same every time for the same results."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from tools.clauses.catalogue import Catalogue
from tools.clauses.status import ClauseStatus, PackValue, State

STATE_WORDS = {
    State.PROVEN: "[green]已证明 proven[/]",
    State.FAILING: "[red]未通过 failing[/]",
    State.VALUE_ONLY: "[yellow]仅有取值 value only[/]",
    State.OPEN: "[dim]未实现 open[/]",
}
TESTS_SHOWN = 3


def as_json(catalogue: Catalogue, statuses: Sequence[ClauseStatus]) -> str:
    """Return docs/clauses.json: a summary by section and every clause with its rules, tests and values."""
    content = {
        "summary": _summary(catalogue, statuses),
        "clauses": [_clause(each) for each in statuses],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _summary(catalogue: Catalogue, statuses: Sequence[ClauseStatus]) -> dict[str, Any]:
    return {
        "clauses": len(statuses),
        "claimed": sum(each.clause.claimed for each in statuses),
        **_by_state(statuses),
        "sections": [
            {
                "section": number,
                "zh": name.zh,
                "en": name.en,
                **_by_state([each for each in statuses if each.clause.section == number]),
            }
            for number, name in sorted(catalogue.sections.items())
        ],
    }


def _by_state(statuses: Sequence[ClauseStatus]) -> dict[str, int]:
    counted = Counter(each.state for each in statuses)
    return {state.value: counted[state] for state in State}


def _clause(status: ClauseStatus) -> dict[str, Any]:
    clause = status.clause
    return {
        "id": clause.id,
        "source": clause.source,
        "section": clause.section,
        "where": list(clause.where),
        "zh": clause.zh,
        "en": clause.en,
        "claimed": clause.claimed,
        "state": status.state.value,
        "lacks": clause.lacks.model_dump() if clause.lacks else None,
        "rules": {clause.rule: "all of it"} if clause.rule else dict(clause.rules),
        "proven_by": [{"test": test, "cases": cases} for test, cases in status.passed.items()],
        "failing": list(status.failed),
        "values": [{"pack": value.pack, "key": value.key, "follows": value.follows} for value in status.values],
    }


def print_table(catalogue: Catalogue, statuses: Sequence[ClauseStatus], console: Console) -> None:
    """Print one row per clause, section by section, and the counts."""
    for number, name in sorted(catalogue.sections.items()):
        table = Table(title=f"{number} {name.zh} {name.en}", title_justify="left", expand=True, box=SIMPLE)
        for heading, ratio in (("条款 clause", 4), ("状态 state", 3), ("证明 proven by", 8), ("取值 value in", 5)):
            table.add_column(heading, ratio=ratio, overflow="fold")
        for each in (each for each in statuses if each.clause.section == number):
            promised = " *" if each.clause.claimed else ""
            what = f"[bold]{each.clause.id}{promised}[/] {each.clause.zh}"
            table.add_row(what, STATE_WORDS[each.state], _tests(each), _packs(each.values))
        console.print(table)
    counts = _by_state(statuses)
    console.print(f"{len(statuses)} clauses (* claimed): " + ", ".join(f"{n} {state}" for state, n in counts.items()))


def _tests(status: ClauseStatus) -> str:
    chosen = status.failed or status.passed
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
