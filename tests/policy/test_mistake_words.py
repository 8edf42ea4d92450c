"""Whatever the model finds wrong with a value is said in both languages, in the words of a pack, with its place."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from shared.field_messages import MESSAGES
from shared.policy.bases import BasePack
from shared.policy.clause_list import Document, ListedClause
from shared.policy.examples import Examples
from shared.policy.load import PackRefused, load_pack, read_pack
from shared.policy.mistake_words import FORMS, OWN_WORDS, said_of
from shared.policy.overlays import SECTIONS, ProductPart
from shared.policy.pack import Header, PolicyPack
from shared.policy.place_words import SECTION_NAMES, place_words
from shared.policy.yaml_source import path_of
from tests.policy.fengjie import PROJECT, changed

CHINESE = re.compile(r"[\u4e00-\u9fff]")
WRONG: tuple[Any, ...] = (
    *(None, 5, -1, 0, 10**30, True, date(2017, 1, 1)),
    *("", "x", "一", "-1", "1e5", "12345678901234.123456789", "2017-13-01", "x" * 200),
    *([], {}, ["x"], {"x": 1}, [1, [2]]),
)
ALONE: Mapping[str, Any] = {**SECTIONS, "header": Header}
LISTED: Mapping[str, Any] = {
    "documents": tuple[Document, ...],
    "clauses": tuple[ListedClause, ...],
    "examples": Examples,
}


def placed(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in plain data."""
    yield path
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from placed(child, (*path, key))


def put(node: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return plain data with another value at a path."""
    if not path:
        return value
    if isinstance(node, dict):
        return {**node, path[0]: put(node[path[0]], path[1:], value)}
    return [put(each, path[1:], value) if number == path[0] else each for number, each in enumerate(node)]


def found_in(kind: Any, data: Any) -> Iterator[ErrorDetails]:
    """Yield what the model finds wrong when each place of the data in turn holds each wrong value."""
    adapter = TypeAdapter(kind)
    for path in placed(data):
        for wrong in WRONG:
            try:
                adapter.validate_python(put(data, path, wrong))
            except ValidationError as refused:
                yield from refused.errors()


@cache
def faults() -> tuple[ErrorDetails, ...]:
    """Return one fault of each kind at each key of the model, whatever row of a list it stands in."""
    kept: dict[tuple[Any, ...], ErrorDetails] = {}
    seen: set[Any] = set()
    for file in sorted((PROJECT / "policy" / "packs").glob("*.yaml")):
        written = json.loads(json.dumps(load_pack(file).model_dump(mode="json", exclude_none=True)))
        for name, data in written.items():
            rows = data if isinstance(data, list) else [data]
            for row in rows if name in {**ALONE, **LISTED} else ():
                new = {tuple(part for part in path if not isinstance(part, int)) for path in placed(row)}
                if new <= {path for key, path in seen if key == name}:
                    continue
                seen |= {(name, path) for path in new}
                kind, held = (ALONE[name], row) if name in ALONE else (LISTED[name], [row])
                for fault in found_in(kind, held):
                    where = tuple(part for part in fault["loc"] if not isinstance(part, int))
                    kept.setdefault((name, where, fault["type"]), fault)
    return tuple(kept.values())


def test_every_kind_of_fault_that_the_model_finds_has_words() -> None:
    kinds = {fault["type"] for fault in faults()}
    assert {"model_type", "tuple_type", "enum", "decimal_parsing", "date_type", "string_pattern_mismatch"} <= kinds
    assert kinds - set(OWN_WORDS) - set(MESSAGES) == {"value_error"}


def test_every_fault_is_said_in_both_languages_and_never_in_the_librarys_words() -> None:
    assert len(faults()) > 1000
    for fault in faults():
        said = said_of(fault)
        assert CHINESE.search(said.zh), fault
        assert "填写有误" not in said.zh, fault
        assert not CHINESE.search(said.en), fault
        assert not re.search(r"valid (dictionary|tuple|string|integer)|should|Sourced|pattern|\^", said.zh + said.en), (
            fault
        )
        assert not re.search(r"[。.]$|\{[a-z_]+\}", said.zh + said.en), fault


def test_every_form_that_a_text_is_held_to_is_described() -> None:
    texts = (BasePack, PolicyPack, ProductPart)
    patterns = {
        found for text in map(json.dumps, map(_core, texts)) for found in re.findall(r'"pattern": "(.*?)"[,}]', text)
    }
    assert {json.loads(f'"{each}"') for each in patterns} - set(FORMS) - READ_BEFORE == set()
    assert len(patterns) > len(READ_BEFORE)


# Money and numbers are read by their own validators, which say themselves how they are written.
READ_BEFORE = frozenset({r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?$", r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$"}) | {
    r"^(0(\.[0-9]{1,8})?|1(\.0{1,8})?)$"
}


def _core(model: Any) -> Any:
    return model.model_json_schema(mode="validation")


def test_every_section_and_key_has_a_name() -> None:
    assert set(PolicyPack.model_fields) == set(SECTION_NAMES)
    for name, section in SECTIONS.items():
        for key in section.model_fields:
            said = place_words((name, key))
            assert CHINESE.search(said.zh.rpartition(" › ")[2]), key
            assert said.zh.startswith(f"{SECTION_NAMES[name].zh} › ")


@pytest.mark.parametrize(
    ("key", "zh", "en"),
    [
        ("lending.amount_max.value", "贷款 › 单笔最高金额", "lending › largest loan, CNY"),
        ("header.regions[0]", "抬头 › 适用地区 › 第 1 项", "header › codes of the regions where it holds › entry 1"),
        (
            "products[1].interest.day_count",
            "其他产品 › 第 2 项 › 利息 › 计息天数规则",
            "further products › entry 2 › interest",
        ),
        (
            "examples[2].loan.principal",
            "算例 › 第 3 项 › loan › principal",
            "worked examples › entry 3 › loan › principal",
        ),
        ("", "", ""),
    ],
)
def test_a_place_is_named_in_words(key: str, zh: str, en: str) -> None:
    said = place_words(path_of(key))
    assert said.zh == zh
    assert said.en.startswith(en)


@pytest.mark.parametrize(
    ("old", "new", "zh"),
    [
        ("value: ACT/360", "value: ACT/36O", "是否应为 ACT/36"),
        ("effective_from: 2017-03-01", 'effective_from: "2017年3月1日"', "请写日历中的日期，不加引号，如 2017-12-07"),
        ('amount_max: {value: "50000.00", clause: FJ-10}', "amount_max: 50000", "请写成 {value: …, clause: …}"),
        ('regions: ["500236"]', 'regions: ["5002361"]', "区划代码为 2、4、6、9 或 12 位数字"),
        ("value: ACT/360", "value: 实际天数/360", "只能写：ACT/360（实际天数/360）、"),
        ("value: ACT/360", "value: 实际天数/360", "；是否应为 ACT/360"),
        (
            'compensation:\n  fund_share:\n    value: "0.80"',
            'compensation:\n  fund_share:\n    value: "80%"',
            '百分数请写成小数，5% 写 "0.05"',
        ),
        ("open_loans_max: {value: 1,", 'open_loans_max: {value: "1",', "请写不带引号的整数，如 36"),
    ],
)
def test_the_refusal_says_place_line_and_what_to_write(old: str, new: str, zh: str) -> None:
    text = changed(old, new)
    with pytest.raises(PackRefused) as refused:
        read_pack(text, "draft.yaml")
    [mistake] = refused.value.mistakes
    line = text[: text.index(new) + len(new)].count("\n") + 1
    assert zh in mistake.message.zh
    assert refused.value.sentence.zh.splitlines()[1].startswith(f"- 第 {line} 行 {mistake.place.zh} {mistake.key}")
