"""What must be true of every county's pack, whichever counties there are."""

import json
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from services.lending.loans.rules.contract_terms import ContractTerms, contract
from services.registry.standing.eligibility.pack_rules import rules_of
from services.subsidy.batches.due_sql import rule_rows
from shared.ids import new_id
from shared.policy.implausible import questions
from shared.policy.in_force import ConfirmedPack
from shared.policy.leaves import leaves
from shared.policy.load import load_pack, read_pack
from shared.policy.overlays import SECTIONS
from shared.policy.pack import PolicyPack
from shared.policy.schema import based_pack_schema, pack_schema, schema_texts
from shared.policy.signing import open_values, unsigned
from shared.policy.yaml_source import parse
from tests.policy.fengjie import PROJECT
from tools.packs.check import origins, try_examples
from tools.packs.draft import Draft, draft_text
from tools.packs.places import place_name

PACKS = sorted((PROJECT / "policy" / "packs").glob("*.yaml"))
VALIDATOR = Draft202012Validator(pack_schema(), format_checker=FormatChecker())
ON_A_BASE = Draft202012Validator(based_pack_schema(), format_checker=FormatChecker())
VIEWS = [
    name
    for name, held in vars(PolicyPack).items()
    if callable(held) and not name.startswith("_") and name not in ("applies_to", "for_product", "rules", "content")
    and not name.startswith(("canonical", "content", "examples", "model_"))
]  # fmt: skip
every_pack = pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)


def plain(node: Any) -> Any:
    """Return the file's data as JSON would hold it: days as text."""
    if isinstance(node, dict):
        return {key: plain(each) for key, each in node.items()}
    if isinstance(node, list):
        return [plain(each) for each in node]
    return node.isoformat() if isinstance(node, date) else node


@every_pack
def test_loads_under_its_own_code(path: Path) -> None:
    pack = load_pack(path)
    assert pack.header.code == path.stem
    assert all(place_name(region) for region in pack.header.regions), pack.header.regions
    assert PolicyPack.model_validate(pack.content()) == pack.rules()


@every_pack
def test_worked_examples_come_out(path: Path) -> None:
    tried = try_examples(load_pack(path))
    assert tried, "a pack has worked examples"
    assert [(each.example.name.en, list(map(str, each.differences))) for each in tried if not each.passed] == []


@every_pack
def test_every_view_builds(path: Path) -> None:
    pack = load_pack(path)
    assert {"loan_terms", "rating_scheme", "subsidy_rule", "compensation_rule", "deposit_rule"} <= set(VIEWS)
    for name in VIEWS:
        found = getattr(pack, name)()
        assert found is None or isinstance(found, tuple) or is_dataclass(found), name
    assert rules_of(pack).eligibility == pack.eligibility_rules()
    kept = ConfirmedPack(new_id(), pack)
    for product in kept.each_product():
        rows = [row for row in rule_rows([kept]) if row["product_code"] == product.product_code]
        assert [row["region"] for row in rows] == list(pack.header.regions)


@every_pack
def test_contracts_can_be_signed_for_every_term(path: Path) -> None:
    pack = load_pack(path)
    terms, lending = pack.loan_terms(), pack.lending
    for months in {lending.term_months_min.value, lending.term_months_max.value}:
        asked = ContractTerms(new_id(), months, date(2017, 3, 15), terms.amount_max)
        signed = contract(asked, terms, Decimal("4.35"))
        assert sum(row.principal for row in signed.installments) == terms.amount_max
        assert signed.installments[-1].due_on == signed.matures_on


@every_pack
def test_validates_against_the_published_schema(path: Path) -> None:
    data = plain(parse(path.read_text(encoding="utf-8")).data)
    validator = ON_A_BASE if "based_on" in data else VALIDATOR
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(data)] == []


@every_pack
def test_a_draft_for_another_county_is_whole_and_leaves_everything_open(path: Path) -> None:
    source = load_pack(path)
    draft = Draft("elsewhere", ("371322109",), "别处镇", "Elsewhere", date(2026, 1, 1))
    text = draft_text(source, draft)
    found = read_pack(text, "elsewhere.yaml")
    assert found.header.regions == ("371322109",)
    assert not origins(found).by_clause
    assert open_values(found) == ("header.source", *(leaf.place for leaf in leaves(found)))
    assert {each.key for each in unsigned(found)} == set(open_values(found)) | {each.key for each in questions(found)}
    assert all(each.passed for each in try_examples(found))
    taken, whole = dict(values(found)), dict(values(source))
    assert taken == {key: value for key, value in whole.items() if key in taken}
    assert [error.message for error in VALIDATOR.iter_errors(plain(parse(text).data))] == []


@every_pack
def test_what_a_county_may_do_without_is_not_copied_from_another(path: Path) -> None:
    draft = Draft("elsewhere", ("371322109",), "别处镇", "Elsewhere", date(2026, 1, 1))
    found = read_pack(draft_text(load_pack(path), draft))
    held = {leaf.key for leaf in leaves(found)}
    for name, model in SECTIONS.items():
        required = PolicyPack.model_fields[name].is_required()
        for key, info in model.model_fields.items():
            assert (f"{name}.{key}" in held) is (required and info.is_required()), f"{name}.{key}"


def values(pack: PolicyPack) -> Iterator[tuple[str, Any]]:
    """Yield (key, value) of every value, without where it comes from."""

    def walk(node: Any, key: str) -> Iterator[tuple[str, Any]]:
        if isinstance(node, dict) and "value" in node and ("clause" in node or "assumed" in node):
            yield key, _without_origin(node["value"])
        elif isinstance(node, dict):
            for name, child in node.items():
                yield from walk(child, f"{key}.{name}")
        elif isinstance(node, list):
            for number, child in enumerate(node):
                yield from walk(child, f"{key}[{number}]")

    # A draft begins with one product.
    rules = pack.model_dump(mode="json", exclude={"header", "products", "examples"}, exclude_none=True)
    return walk(rules, "")


def _without_origin(value: Any) -> Any:
    """Return a value without the clauses that rows of a list name for themselves."""
    rows = value if isinstance(value, list) else []
    return [{k: v for k, v in row.items() if k != "clause"} if isinstance(row, dict) else row for row in rows] or value


def test_the_published_schema_is_current() -> None:
    for name, text in schema_texts().items():
        assert (PROJECT / "policy" / name).read_text(encoding="utf-8") == text, "run: make pack-schema"


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("lending", "amount_max", "value"), 50000),
        (("lending", "amount_max", "clause"), "FJ10"),
        (("lending", "amount_maximum"), {"value": "1.00", "clause": "FJ-10"}),
        (("lending", "amount_max", "assumed"), True),
        (("subsidy", "settle_first", "value"), "yes"),
        (("interest", "day_count", "value"), "ACT/364"),
        (("examples", 0, "borrowing", "agee"), 40),
        (("examples", 0, "expect", "reasons"), "none"),
        (("header", "regions", 0), "50023"),
    ],
)
def test_the_schema_finds_what_the_reader_finds(where: tuple[Any, ...], value: Any) -> None:
    data = plain(parse((PROJECT / "policy" / "packs" / "fengjie.yaml").read_text(encoding="utf-8")).data)
    node = data
    for part in where[:-1]:
        node = node[part]
    node[where[-1]] = value
    assert not VALIDATOR.is_valid(json.loads(json.dumps(data)))
    with pytest.raises(ValueError, match="validation error"):
        PolicyPack.model_validate(data)
