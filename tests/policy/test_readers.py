"""Every key of a pack names who reads it, and whom it names reads it; what nobody reads is said to be recorded only."""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from shared.policy import arrangements, overlays, rating_terms, terms
from shared.policy.leaves import keys_of_packs
from shared.policy.pack import PolicyPack
from shared.policy.readers import READERS, Effect, ReadersUnreadable, effects, read_effects
from tests.architecture.reads import Function, Read, functions, names_in, reads
from tests.architecture.test_reached import reached, sources
from tools.clauses.catalogue import CATALOGUE, read_catalogue

SECTIONS = {model: name for name, model in overlays.SECTIONS.items()}
# Worked examples read what they like: they answer an officer's question about a pack and decide about nobody.
EXAMPLES_ONLY = frozenset({"services.registry.standing.worked_examples"})
PUT_TOGETHER = {(rating_terms.RatingScheme, "grades"): ("rating.grade_limits", "rating.grade_bands")}


def running() -> list[str]:
    """Return the modules of services, and of what they share, that act by packs."""
    return [
        module
        for module in sorted(reached(by_services=True) - EXAMPLES_ONLY)
        if module.startswith(("services.", "shared.")) and not module.startswith("shared.policy")
    ]


@cache
def views() -> Mapping[type[Any], frozenset[str]]:
    """Return the sections of a pack from which each class of terms is made, as the functions say that return it."""
    found: dict[type[Any], set[str]] = defaultdict(set)
    for module in sources():
        if module.startswith("shared.policy"):
            for _, code in functions(module):
                for made in _made(code):
                    said = {node.attr for node in ast.walk(code) if isinstance(node, ast.Attribute)}
                    found[made] |= said & set(SECTIONS.values())
    return {made: frozenset(names) for made, names in found.items()}


def _made(code: Function) -> list[type[Any]]:
    annotation = ast.walk(code.returns) if code.returns else ()
    said = {node.id if isinstance(node, ast.Name) else getattr(node, "attr", "") for node in annotation}
    homes = (terms, arrangements, rating_terms)
    return [each for name in said for home in homes if isinstance(each := getattr(home, name, None), type)]


def keys_read(found: frozenset[Read]) -> set[str]:
    """Return the keys of a pack that stand behind what was read of its sections and terms."""
    keys: set[str] = set()
    for kind, field in found:
        keys.update(PUT_TOGETHER.get((kind, field), ()))
        if kind in SECTIONS:
            keys.add(f"{SECTIONS[kind]}.{field}")
        keys.update(f"{name}.{field}" for name in views().get(kind, ()) if f"{name}.{field}" in effects())
    return keys


@cache
def read_by_services() -> Mapping[str, frozenset[str]]:
    """Return for each key of a pack the functions, `module:function`, that read it in a running service."""
    found = defaultdict(set)
    for module in running():
        for name, code in functions(module):
            for key in keys_read(reads(module, name, code)):
                found[key].add(f"{module}:{name}")
    return {key: frozenset(readers) for key, readers in found.items()}


def is_named(reader: str, named: str | None) -> bool:
    """Return whether a reader, `module:function`, is what a key names, or lies in the package that it names."""
    return named is not None and (reader == named or reader.startswith(f"{named}."))


def acting() -> list[Effect]:
    """Return the keys that name a reader."""
    return [effect for effect in effects().values() if effect.reader is not None]


def recorded() -> list[Effect]:
    """Return the keys that are recorded only."""
    return [effect for effect in effects().values() if effect.reader is None]


def test_every_key_says_who_acts_by_it_or_that_nobody_does_yet() -> None:
    assert list(effects()) == [each.key for each in keys_of_packs()]


def test_reads_are_followed_through_annotations_loops_calls_and_methods() -> None:
    found = read_by_services()
    assert "services.riskfund.claims.rules.compensation:ensure_waited" in found["compensation.waits"]
    assert "services.subsidy.batches.due_sql:_rule_row" in found["subsidy.later_shares"]
    assert (
        "services.riskfund.claims.actions.deciding:decide_claim" in found["compensation.committee_approvals_required"]
    )
    assert "services.registry.standing.eligibility.pack_rules:rules_of" in found["eligibility.residence_level"]
    assert names_in("shared.policy.pack")["PolicyPack"] is PolicyPack


def test_whoever_a_key_names_is_run_by_a_service_and_reads_it() -> None:
    found = read_by_services()
    wrong = {
        effect.key: (effect.reader, sorted(found.get(effect.key, ())))
        for effect in acting()
        if not any(is_named(reader, effect.reader) for reader in found.get(effect.key, ()))
    }
    assert not wrong, f"named and not reading; those who read it follow: {wrong}"


def test_what_is_recorded_only_is_read_by_no_service() -> None:
    found = read_by_services()
    assert {effect.key: sorted(found[effect.key]) for effect in recorded() if effect.key in found} == {}


def test_what_is_recorded_only_names_a_clause_that_is_still_open() -> None:
    obligations = {
        cited: obligation for clause in read_catalogue(CATALOGUE).clauses for cited, obligation in clause.obligations()
    }
    named = {effect.key: effect.not_yet for effect in recorded()}
    assert not {key: cited for key, cited in named.items() if not all(each in obligations for each in cited)}
    done = {key: cited for key, cited in named.items() if all(obligations[each].claimed for each in cited)}
    assert not done, "all these clauses are done: name the reader, or the clause under which the key will act"


TEXT = READERS.read_text(encoding="utf-8")
AMOUNT = "  amount_max: services.registry.standing.eligibility.rules.loan:above_largest\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TEXT.replace(AMOUNT, "", 1), "no line for ['lending.amount_max']"),
        (TEXT.replace(AMOUNT, f"{AMOUNT}  amount_most: a:b\n", 1), "no pack has ['lending.amount_most']"),
        (TEXT.replace(AMOUNT, "  amount_max: somebody\n", 1), "lending.amount_max: write `module:function`"),
        (TEXT.replace(AMOUNT, "  amount_max: {not_yet: []}\n", 1), "lending.amount_max: write `module:function`"),
        (TEXT.replace(AMOUNT, AMOUNT * 2, 1), "is written twice"),
        ("", "the file is empty"),
    ],
)
def test_a_list_of_readers_that_lacks_a_key_or_names_nobody_is_refused(text: str, said: str) -> None:
    with pytest.raises(ReadersUnreadable, match=re.escape(said)):
        read_effects(text)
