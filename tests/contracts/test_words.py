"""Every field and closed value of the API has its words in the vocabulary, and the vocabulary has no others."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.gateway.main import create_app
from services.gateway.routing.contracts import read_contracts
from shared.vocabulary.load import field_words, value_words
from shared.web.titles import ClosedSet, Field, Schema, closed_sets, fields

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]")
ROOT = Path(__file__).resolve().parents[2]
DESCRIBING = {"Field", "Query", "Path", "Header", "Form"}


@pytest.fixture(scope="module")
def documents() -> dict[str, Schema]:
    """Collect the OpenAPI documents of all services and the gateway's own."""
    return {**read_contracts(), "gateway": create_app().openapi()}


def all_fields(documents: dict[str, Schema]) -> Iterator[tuple[str, Field]]:
    """Walk the fields of all documents, each with its service."""
    for service, document in documents.items():
        yield from ((service, field) for field in fields(document, service))


def all_closed_sets(documents: dict[str, Schema]) -> Iterator[ClosedSet]:
    """Walk the closed sets of all documents."""
    for document in documents.values():
        yield from closed_sets(document)


def test_every_field_takes_its_words_from_the_vocabulary(documents: dict[str, Schema]) -> None:
    words = field_words()
    missing = {f"{service}: {field.keys[0]}" for service, field in all_fields(documents) if not field.key(words)}
    assert missing == set(), "add each of these to shared/vocabulary/fields.yaml"


def test_no_words_stand_for_a_field_that_is_gone(documents: dict[str, Schema]) -> None:
    used = {field.key(field_words()) for _, field in all_fields(documents)}
    assert set(field_words()) - used == set(), "take these out of shared/vocabulary/fields.yaml"


def test_every_title_has_chinese_and_english_and_every_meaning_says_more_than_the_title() -> None:
    poor = {
        key
        for key, words in field_words().items()
        if not CHINESE.search(words.zh)
        or not LETTERS.search(words.en)
        or not words.meaning.endswith(".")
        or words.meaning.lower().rstrip(".") in {words.en.lower(), key.rsplit(".", 1)[-1].replace("_", " ")}
    }
    assert poor == set()


def test_what_is_served_carries_the_words(documents: dict[str, Schema]) -> None:
    words = field_words()
    for _, field in all_fields(documents):
        key = field.key(words)
        assert key is not None
        assert field.described["description"].startswith(words[key].meaning)
        assert field.described.get("schema", field.described)["title"] == words[key].title


def test_every_closed_value_has_chinese_and_english_words(documents: dict[str, Schema]) -> None:
    known = value_words()
    unknown = {
        f"{closed.names[0]}={value}"
        for closed in all_closed_sets(documents)
        for value in closed.values
        if (key := closed.key(value, known)) is None or not CHINESE.search(known[key].zh) or not known[key].en
    }
    assert unknown == set(), "give these words in shared/vocabulary/values.yaml"


def test_no_words_stand_for_a_value_that_is_gone(documents: dict[str, Schema]) -> None:
    known = value_words()
    used = {closed.key(value, known) for closed in all_closed_sets(documents) for value in closed.values}
    assert set(known) - used == set(), "take these out of shared/vocabulary/values.yaml"


def test_no_field_is_described_a_second_time_in_code() -> None:
    twice = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/web/*.py")))
        if path.name != "settings.py" and "tests" not in path.parts
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in DESCRIBING
        if any(keyword.arg in ("description", "title") for keyword in call.keywords)
    ]
    assert twice == [], "what a field means stands in shared/vocabulary/fields.yaml alone"
