"""What is wrong with a field, in both languages: one sentence for each kind of fault that pydantic finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.errors import WrongValue
from shared.languages import Sentence

FIELDS_MAX: Final = 50  # of one request; a body with more is written by a program that is wrong altogether


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field that needs correction: where it stands, what is wrong with it, pydantic's name of the fault."""

    field: str
    message: Sentence
    kind: str


def field_errors(found: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Return the first `FIELDS_MAX` of pydantic's errors with their messages; what was sent is not repeated."""
    errors = [FieldError(".".join(map(str, each["loc"])), message_of(each), each["type"]) for each in found]
    return errors[:FIELDS_MAX]


def message_of(error: Mapping[str, Any]) -> Sentence:
    """Return what is wrong, from one of pydantic's errors."""
    context = error.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, WrongValue):
        return raised.sentence
    words = MESSAGES.get(error["type"])
    if words is None:
        return Sentence("填写有误，请更正。", str(error["msg"]).removeprefix("Value error, "))
    return Sentence(words.zh.format_map(_in_chinese(context)), words.en.format_map(context))


def _in_chinese(context: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the choices, which pydantic joins in English, joined in Chinese."""
    return {name: value.replace(" or ", "、") if isinstance(value, str) else value for name, value in context.items()}


_MISSING: Final = Sentence("必填，请补充。", "This field is required.")
_UNKNOWN: Final = Sentence("没有此项，请删除或更正名称。", "There is no such field; remove it or correct its name.")
_OBJECT: Final = Sentence("应为一个对象（花括号内的各项）。", "This must be an object, with fields in braces.")
_LIST: Final = Sentence("应为列表。", "This must be a list.")
_TEXT: Final = Sentence("应为文本，请加引号。", "This must be text in quotes.")
_BOOLEAN: Final = Sentence("应为 true 或 false。", "This must be true or false.")
_INTEGER: Final = Sentence("应为整数。", "This must be a whole number.")
_NUMBER: Final = Sentence("应为数字。", "This must be a number.")
_DECIMAL: Final = Sentence('应为小数文本，如 "4.35"。', 'This must be a decimal in quotes, such as "4.35".')
_DATE: Final = Sentence('应为日期，如 "2018-06-30"。', 'This must be a date in quotes, such as "2018-06-30".')
_TIME: Final = Sentence('应为时刻，如 "09:30:00"。', 'This must be a time of day, such as "09:30:00".')
_INSTANT: Final = Sentence(
    '应为带时区的时间，如 "2018-06-30T09:30:00Z"。',
    'This must be an instant with its zone, such as "2018-06-30T09:30:00Z".',
)
_DURATION: Final = Sentence('应为时长，如 "P3D"。', 'This must be a duration, such as "P3D".')
_ID: Final = Sentence("应为编号（UUID）。", "This must be an id (UUID).")
_CHOICE: Final = Sentence("只能是：{expected}。", "This must be one of: {expected}.")
_URL: Final = Sentence("应为网址。", "This must be a web address.")
_BYTES: Final = Sentence("内容的编码不正确。", "The content is not encoded rightly.")

MESSAGES: Final[Mapping[str, Sentence]] = {
    "json_invalid": Sentence("不是有效的 JSON：{error}。", "This is not valid JSON: {error}."),
    "json_type": Sentence("应为 JSON 文本。", "This must be JSON."),
    "recursion_loop": Sentence("内容循环引用自身。", "The content refers to itself."),
    "recursion_depth_exceeded": Sentence("内容嵌套过深。", "The content is nested too deeply."),
    "missing": _MISSING,
    "missing_argument": _MISSING,
    "missing_keyword_only_argument": _MISSING,
    "none_required": Sentence("此项必须为空（null）。", "This must be null."),
    "extra_forbidden": _UNKNOWN,
    "unexpected_keyword_argument": _UNKNOWN,
    "invalid_key": Sentence("各项名称应为文本。", "The names of fields must be text."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "iterable_type": _LIST,
    "too_short": Sentence(
        "至少 {min_length} 项，现有 {actual_length} 项。",
        "This needs at least {min_length} entries, not {actual_length}.",
    ),
    "too_long": Sentence(
        "最多 {max_length} 项，请分次提交。", "This takes at most {max_length} entries; send it in parts."
    ),
    "greater_than": Sentence("必须大于 {gt}。", "This must be greater than {gt}."),
    "greater_than_equal": Sentence("不得小于 {ge}。", "This must be at least {ge}."),
    "less_than": Sentence("必须小于 {lt}。", "This must be less than {lt}."),
    "less_than_equal": Sentence("不得大于 {le}。", "This must be at most {le}."),
    "multiple_of": Sentence("必须是 {multiple_of} 的整数倍。", "This must be a multiple of {multiple_of}."),
    "finite_number": Sentence("必须是有限的数。", "This must be a finite number."),
    "string_type": _TEXT,
    "string_unicode": Sentence("含有无法识别的字符。", "This holds characters that cannot be read."),
    "string_too_short": Sentence("至少 {min_length} 个字符。", "This needs at least {min_length} characters."),
    "string_too_long": Sentence("最多 {max_length} 个字符。", "This takes at most {max_length} characters."),
    "string_pattern_mismatch": Sentence("格式不符，应符合 {pattern}。", "The form is wrong; it must match {pattern}."),
    "string_not_ascii": Sentence("只能使用 ASCII 字符。", "This takes ASCII characters only."),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": Sentence(
        "{discriminator} 只能是：{expected_tags}。", "{discriminator} must be one of: {expected_tags}."
    ),
    "union_tag_not_found": Sentence(
        "缺少 {discriminator}，无法判断类别。", "{discriminator} is missing, which says the kind."
    ),
    "bool_type": _BOOLEAN,
    "bool_parsing": _BOOLEAN,
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "int_parsing_size": Sentence("整数过大。", "The whole number is too large."),
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "decimal_max_digits": Sentence("最多 {max_digits} 位数字。", "This takes at most {max_digits} digits."),
    "decimal_max_places": Sentence(
        "最多 {decimal_places} 位小数。", "This takes at most {decimal_places} decimal places."
    ),
    "decimal_whole_digits": Sentence(
        "整数部分最多 {whole_digits} 位。", "This takes at most {whole_digits} digits before the decimal point."
    ),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": Sentence("必须是过去的日期。", "The day must lie in the past."),
    "date_future": Sentence("必须是将来的日期。", "The day must lie in the future."),
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "datetime_past": Sentence("必须是过去的时间。", "The instant must lie in the past."),
    "datetime_future": Sentence("必须是将来的时间。", "The instant must lie in the future."),
    "timezone_naive": Sentence("不得带时区。", "This must have no time zone."),
    "timezone_aware": Sentence("必须带时区。", "This must have its time zone."),
    "timezone_offset": Sentence("时区不正确。", "The time zone is wrong."),
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "uuid_type": _ID,
    "uuid_parsing": _ID,
    "uuid_version": Sentence(
        "应为第 {expected_version} 版编号（UUID）。", "This must be a UUID of version {expected_version}."
    ),
    "url_type": _URL,
    "url_parsing": _URL,
    "url_syntax_violation": _URL,
    "url_too_long": Sentence("网址最多 {max_length} 个字符。", "A web address takes at most {max_length} characters."),
    "url_scheme": Sentence("网址应以 {expected_schemes} 开头。", "The web address must begin with {expected_schemes}."),
    "bytes_type": _BYTES,
    "bytes_too_short": Sentence("至少 {min_length} 字节。", "This needs at least {min_length} bytes."),
    "bytes_too_long": Sentence("最多 {max_length} 字节。", "This takes at most {max_length} bytes."),
    "bytes_invalid_encoding": _BYTES,
}
