"""What is wrong with a value of a pack, in both languages: how a pack writes what pydantic did not find."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic_core import ErrorDetails

from shared.field_messages import message_of
from shared.languages import Sentence
from shared.policy.examples import EXAMPLE_KIND, NO_KIND
from shared.vocabulary.load import in_chinese

_KEYS: Final = Sentence("此处应写若干行 key: value", "keys with their values belong here, `key: value`")
_SOURCED: Final = Sentence(
    "请写成 {value: …, clause: …}，或 {value: …, assumed: true, reason: …}",
    "write it as {value: …, clause: …} or {value: …, assumed: true, reason: …}",
)
_LIST: Final = Sentence(
    "此处应为列表，写在 [ ] 内，或每项一行、以 - 开头",
    "write a list here: in [ ], or one entry a line, each after a dash",
)
_TEXT: Final = Sentence("应为文本，数字和日期请加引号", "write text here; put a number or a day in quotes")
_YES_OR_NO: Final = Sentence("请写 true 或 false，不加引号", "write true or false, without quotes")
_WHOLE: Final = Sentence("请写不带引号的整数，如 36", "write a whole number without quotes, e.g. 36")
_DECIMAL: Final = Sentence('请写带引号的小数，如 "1.20"', 'write a decimal in quotes, e.g. "1.20"')
_PERCENT: Final = Sentence(
    '百分数请写成小数，5% 写 "0.05"；利率除外，5% 写 "5"',
    'write a percentage as a fraction, "0.05" for 5 %; only a rate is written in percent, "5"',
)
_DAY: Final = Sentence("请写日历中的日期，不加引号，如 2017-12-07", "write a day without quotes, e.g. 2017-12-07")
_ONLY_TRUE: Final = Sentence("只能写 true，为否时请删去此键", "is true, or the key is left out")
_NOT_EMPTY: Final = Sentence("至少 {min_length} 项", "at least {min_length} needed")
# Words of packs alone, which no answer of a service has.
_OF_PACKS: Final = {"reaches": "达到", "exceeds": "超过", "higher": "越高越好", "lower": "越低越好"}
# Where a pack is written otherwise than a request; the others are said as shared/field_messages.py says.
OWN_WORDS: Final[Mapping[str, Sentence]] = {
    EXAMPLE_KIND: NO_KIND,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "dataclass_type": _KEYS,
    "dict_type": _KEYS,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "string_type": _TEXT,
    "bool_type": _YES_OR_NO,
    "bool_parsing": _YES_OR_NO,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "too_short": _NOT_EMPTY,
    "too_long": Sentence("最多 {max_length} 项", "has at most {max_length} entries"),
    "greater_than_equal": Sentence("不得小于 {ge}", "is at least {ge}"),
    "greater_than": Sentence("必须大于 {gt}", "is greater than {gt}"),
    "less_than_equal": Sentence("不得大于 {le}", "is at most {le}"),
    "less_than": Sentence("必须小于 {lt}", "is less than {lt}"),
    "string_too_short": Sentence("至少 {min_length} 个字符", "has at least {min_length} characters"),
    "string_too_long": Sentence("最多 {max_length} 个字符", "has at most {max_length} characters"),
}
# What a text must look like, by the pattern that the model holds it to.
FORMS: Final[Mapping[str, Sentence]] = {
    r"^[A-Z][A-Z0-9]{1,11}-[1-9][0-9]{0,3}[a-z]?(\([a-z]\))?$": Sentence(
        "条款编号的写法不对，应如 FJ-10、FJ-9a 或 LG-12(c)", "is no clause id; write it as FJ-10, FJ-9a or LG-12(c)"
    ),
    r"^[A-Z][A-Z0-9]{1,11}-[1-9][0-9]{0,3}[a-z]?$": Sentence(
        "条款编号的写法不对，应如 FJ-10 或 FJ-9a，分项写在 parts 中",
        "is no clause id; write it as FJ-10 or FJ-9a, and its parts under `parts`",
    ),
    r"^[A-Z][A-Z0-9]{1,11}$": Sentence(
        "文件代号应为 2 至 12 个大写字母或数字，以字母开头，如 FJ",
        "a document is named by 2 to 12 capital letters or digits, a letter first, e.g. FJ",
    ),
    r"^[a-z]$": Sentence("分项用一个小写字母标明，如 a", "a part is named by one small letter, e.g. a"),
    r"^[a-z][a-z0-9_-]{0,63}$": Sentence(
        "代码只能用小写字母、数字、_ 和 -，以字母开头，如 village_fund",
        "a code has small letters, digits, _ and -, a letter first, e.g. village_fund",
    ),
    r"^[a-z][a-z0-9-]{1,39}$": Sentence(
        "政策包代码为 2 至 40 个小写字母、数字或 -，以字母开头，如 fengjie",
        "a pack's code has 2 to 40 small letters, digits or -, a letter first, e.g. fengjie",
    ),
    r"^[A-Za-z0-9_-]{1,40}$": Sentence(
        "银行代码只能用字母、数字、_ 和 -，最多 40 个字符",
        "a bank's code has letters, digits, _ and -, at most 40 of them",
    ),
    r"^[a-z_]+(\.[a-z_]+)?$": Sentence(
        "请写键名，如 subsidy.rate_cap，或整个部分，如 renewal",
        "write a key, e.g. subsidy.rate_cap, or a whole section, e.g. renewal",
    ),
    r"^[0-9]{2}$": Sentence("省级代码为 2 位数字，请加引号", 'a province\'s code has 2 digits, in quotes, e.g. "14"'),
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$": Sentence(
        '区划代码为 2、4、6、9 或 12 位数字，请加引号，如 "500236"',
        'a region\'s code has 2, 4, 6, 9 or 12 digits, in quotes, e.g. "500236"',
    ),
}


def said_of(detail: ErrorDetails) -> Sentence:
    """Return what one of pydantic's errors says is wrong, without a full stop."""
    kind, context = detail["type"], detail.get("ctx") or {}
    if kind == "model_type" and str(context.get("class_name", "")).startswith("Sourced"):
        return _SOURCED
    if kind in ("enum", "literal_error"):
        return _choice(detail["input"], str(context["expected"]))
    if kind == "decimal_parsing" and str(detail["input"]).strip().endswith(("%", "％")):
        return _PERCENT
    if kind == "string_pattern_mismatch" and (form := FORMS.get(context["pattern"])):
        return form
    if words := OWN_WORDS.get(kind):
        return Sentence(words.zh.format_map(context), words.en.format_map(context)) if context else words
    said = message_of(detail)
    return Sentence(said.zh.removesuffix("。"), said.en.removesuffix("."))


def _choice(written: Any, expected: str) -> Sentence:
    """Say which words are possible, and which of them was probably meant."""
    if expected == "True":
        return _ONLY_TRUE
    words = expected.replace(" or ", ", ").replace("'", "").split(", ")
    named = {word: _OF_PACKS.get(word) or in_chinese(word) for word in words}
    shown = [word if name == word else f"{word}（{name}）" for word, name in named.items()]
    zh, en = f"只能写：{'、'.join(shown)}", f"write one of {', '.join(words)}"
    if meant := _meant(written, named):
        return Sentence(f"{zh}；是否应为 {meant}", f"{en}; did you mean {meant}")
    return Sentence(zh, en)


def _meant(written: Any, named: Mapping[str, str]) -> str | None:
    """Return the word that is probably meant: the one of that name in Chinese, else the one spelt most alike."""
    if not isinstance(written, str):
        return None
    of_name = [word for word, name in named.items() if name == written]
    return next(iter(of_name or get_close_matches(written, list(named), n=1)), None)
