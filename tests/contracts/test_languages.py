"""Refusals speak Chinese and English, and the caller's Accept-Language decides which."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Query
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core._pydantic_core import list_all_errors

from shared.clients import PeerRefused
from shared.errors import Refused, WrongValue
from shared.field_messages import FIELDS_MAX, MESSAGES, field_errors
from shared.languages import Language, Sentence, preferred_language
from shared.web import problems
from shared.web.bodies import Body, Day

BOTH = None
ROOT = Path(__file__).resolve().parents[2]
_OF_PYTHON_CODE_ONLY = {
    "no_such_attribute",
    "needs_python_object",
    "frozen_field",
    "frozen_instance",
    "get_attribute_error",
    "dataclass_exact_type",
    "named_tuple_type",
    "default_factory_not_called",
    "iteration_error",
    "set_item_not_hashable",
    "missing_sentinel_error",
    "ellipsis_error",
    "frozen_dict_type",
    "ordered_dict_type",
    "counter_type",
    "deque_type",
    "is_instance_of",
    "is_subclass_of",
    "callable_type",
    "arguments_type",
    "unexpected_positional_argument",
    "missing_positional_only_argument",
    "multiple_argument_values",
    "fraction_type",
    "fraction_parsing",
    "complex_type",
    "complex_str_parsing",
}
_SENTENCE_IN_THE_ERROR = {"value_error", "assertion_error"}


class NoSuchPen(Refused):
    """There are not so many pens."""

    code = "no-such-pen"
    title = "没有这么多笔 Not so many pens"

    def __init__(self, count: int) -> None:
        super().__init__(zh=f"只有 {count} 支笔，请少领。", en=f"There are {count} pens; take fewer.", count=count)


def _even(number: int) -> int:
    if number % 2:
        raise WrongValue(zh="请填偶数。", en="Give an even number.")
    return number


class PenIn(Body):
    """A request for pens."""

    count: Annotated[int, AfterValidator(_even)]
    handed_on: Day = date(2018, 6, 30)


def pens() -> FastAPI:
    """Return a service that hands out pens."""
    app = FastAPI()
    problems.install(app)

    @app.post("/pens")
    async def take(body: PenIn) -> None:
        raise NoSuchPen(4)

    @app.get("/pens")
    async def read(limit: Annotated[int, Query(le=9)]) -> None:
        raise ConnectionError

    return app


async def asked(method: str, path: str, language: str | None, **content: Any) -> httpx.Response:
    """Ask the service of pens in a language."""
    headers = {} if language is None else {"Accept-Language": language}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pens()), base_url="http://pens") as http:
        return await http.request(method, path, headers=headers, **content)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, BOTH),
        ("", BOTH),
        ("*", BOTH),
        ("fr-FR, de;q=0.9", BOTH),
        ("zh, en", BOTH),
        ("en;q=0.8, zh-Hans-CN;q=0.8", BOTH),
        ("zh;q=0, en;q=0", BOTH),
        ("zh", Language.CHINESE),
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.CHINESE),
        ("ZH-cn", Language.CHINESE),
        ("en-GB;q=0.7, zh-TW", Language.CHINESE),
        ("zh, *;q=0.5", Language.CHINESE),
        ("en", Language.ENGLISH),
        ("en-US,en;q=0.9", Language.ENGLISH),
        ("zh;q=0, *", Language.ENGLISH),
        ("fr, en;q=0.1", Language.ENGLISH),
        ("en;q=nonsense", BOTH),
        ("en" + " " * 400, BOTH),
    ],
)
def test_a_header_prefers_one_language_or_none(header: str | None, language: Language | None) -> None:
    assert preferred_language(header) == language


@pytest.mark.parametrize(
    ("language", "title", "detail", "content_language"),
    [
        (None, "没有这么多笔 Not so many pens", "只有 4 支笔，请少领。\nThere are 4 pens; take fewer.", "zh, en"),
        ("zh-CN,en;q=0.5", "没有这么多笔", "只有 4 支笔，请少领。", "zh"),
        ("en", "Not so many pens", "There are 4 pens; take fewer.", "en"),
    ],
)
async def test_a_refusal_is_spoken_in_the_language_of_the_caller(
    language: str | None, title: str, detail: str, content_language: str
) -> None:
    answer = await asked("POST", "/pens", language, json={"count": 8})
    said = answer.json()
    assert (answer.status_code, said["code"], said["values"]) == (409, "no-such-pen", {"count": 4})
    assert (said["title"], said["detail"]) == (title, detail)
    assert answer.headers["content-language"] == content_language
    assert answer.headers["vary"] == "Accept-Language"


async def test_wrong_fields_are_named_in_the_language_of_the_caller() -> None:
    wrong = {"count": "many", "pencils": 1}
    zh = (await asked("POST", "/pens", "zh", json=wrong)).json()
    en = (await asked("POST", "/pens", "en", json=wrong)).json()
    both = (await asked("POST", "/pens", None, json=wrong)).json()
    assert {each["field"]: each["message"] for each in zh["errors"]} == {
        "body.count": "应为整数。",
        "body.pencils": "没有此项，请删除或更正名称。",
    }
    assert {each["field"]: each["message"] for each in en["errors"]} == {
        "body.count": "This must be a whole number.",
        "body.pencils": "There is no such field; remove it or correct its name.",
    }
    assert [each["message"].split("\n") for each in both["errors"]] == [
        [chinese["message"], english["message"]] for chinese, english in zip(zh["errors"], en["errors"], strict=True)
    ]
    assert zh["detail"] == "请更正以下各项后重新提交：body.count、body.pencils。"
    assert en["detail"] == "Correct these fields and send it again: body.count, body.pencils."


@pytest.mark.parametrize(
    ("body", "zh", "en"),
    [
        ({"count": 3}, "请填偶数。", "Give an even number."),
        (
            {"count": 2, "handed_on": "1066-10-14"},
            "日期应在 1900-01-01 与 2200-12-31 之间，请更正。",
            "The day must lie between 1900-01-01 and 2200-12-31; correct it.",
        ),
    ],
)
async def test_what_a_validator_of_ours_says_is_said_in_both_languages(body: Any, zh: str, en: str) -> None:
    for language, message in (("zh", zh), ("en", en)):
        answer = await asked("POST", "/pens", language, json=body)
        assert [each["message"] for each in answer.json()["errors"]] == [message]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/ink", 404, "no-such-path"),
        ("PUT", "/pens", 405, "method-not-allowed"),
        ("GET", "/pens?limit=10", 422, "invalid-request"),
        ("GET", "/pens?limit=9", 503, "database-unavailable"),
    ],
)
async def test_every_problem_of_the_edge_speaks_both_languages(method: str, path: str, status: int, code: str) -> None:
    answers = [await asked(method, path, language) for language in ("zh", "en", None)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(status, code)}
    zh, en, both = (answer.json() for answer in answers)
    assert zh["detail"].isascii() is False
    assert en["detail"].isascii()
    assert both["detail"] == f"{zh['detail']}\n{en['detail']}"
    assert both["title"] == f"{zh['title']} {en['title']}"


def test_each_fault_that_pydantic_finds_in_a_request_has_its_sentences() -> None:
    every: dict[str, Any] = {error["type"]: error.get("example_context") or {} for error in list_all_errors()}
    assert set(MESSAGES) == every.keys() - _OF_PYTHON_CODE_ONLY - _SENTENCE_IN_THE_ERROR
    for kind, words in MESSAGES.items():
        assert not words.zh.format_map(every[kind]).isascii()
        assert words.en.format_map(every[kind]).isascii()


@pytest.mark.parametrize(
    ("kind", "value", "zh"),
    [
        (Annotated[str, Field(max_length=3)], "four", "最多 3 个字符。"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "最多 1 项，请分次提交。"),
        (Annotated[Decimal, Field(decimal_places=2)], "1.234", "最多 2 位小数。"),
        (Language, "fr", "只能是：'zh'、'en'。"),
        (date, "30.6.2018", '应为日期，如 "2018-06-30"。'),
    ],
)
def test_a_message_holds_its_limits_and_never_what_was_sent(kind: Any, value: Any, zh: str) -> None:
    with pytest.raises(ValidationError) as found:
        TypeAdapter(kind).validate_python(value)
    (error,) = field_errors(found.value.errors())
    assert error.message.zh == zh
    assert str(value) not in str(error.message)


def test_no_more_fields_are_named_than_somebody_can_read() -> None:
    class Wide(BaseModel):
        numbers: list[int]

    with pytest.raises(ValidationError) as found:
        Wide.model_validate({"numbers": ["x"] * (FIELDS_MAX + 1)})
    assert len(field_errors(found.value.errors())) == FIELDS_MAX


def test_what_a_peer_refused_is_passed_on_in_both_languages() -> None:
    refused = PeerRefused("registry", {"code": "no-such-pen", "detail": "只有 4 支笔。\nThere are 4 pens."})
    assert refused.sentence == Sentence(
        "registry 服务不予办理：只有 4 支笔。", "The registry service refused: There are 4 pens."
    )
    assert refused.values == {"peer": "registry", "peer_code": "no-such-pen"}


@pytest.mark.parametrize("words", ["Not found", "未找到", "未找到Not found", "Not found 未找到"])
def test_a_title_is_chinese_a_blank_and_english(words: str) -> None:
    with pytest.raises(ValueError, match="Chinese, a blank, and English"):
        Sentence.split(words)
    assert Sentence.split("PDF已加密 PDF is locked") == Sentence("PDF已加密", "PDF is locked")


def test_chinese_sentences_have_chinese_punctuation() -> None:
    # The words of sheets are compared after Unicode's folding, which knows one kind of bracket.
    folded = ROOT / "shared" / "households_sheet.py"
    western = re.compile(r"[\u4e00-\u9fff][,;:()?!]|[,;:()?!][\u4e00-\u9fff]")
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {text[:40]}"
        for folder in ("services", "shared", "tools", "deploy")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "tests" not in path.parts and path != folded
        for line, text in _texts(ast.parse(path.read_text(encoding="utf-8")))
        if western.search(text)
    ]
    assert wrong == []


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    docstrings = {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
