"""A value of a policy pack together with where it comes from."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Annotated, Any, Generic, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic.json_schema import SkipJsonSchema

from shared.errors import WrongValue
from shared.money import Money
from shared.policy.bounds import DaysBound, ShareBound
from shared.policy.terms import Named
from shared.policy.vocabulary import BoundWord

T = TypeVar("T")
Record = TypeVar("Record")

Words = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]
# Only a pack's own list says which document a prefix is: long enough for 2 800 counties to choose speaking ones.
CLAUSE_PATTERN = r"^[A-Z][A-Z0-9]{1,11}-[1-9][0-9]{0,3}[a-z]?(\([a-z]\))?$"
ClauseId = Annotated[str, StringConstraints(pattern=CLAUSE_PATTERN)]  # a clause or one of its parts
ClauseOnlyId = Annotated[str, StringConstraints(pattern=CLAUSE_PATTERN.replace(r"(\([a-z]\))?", ""))]
DECIMAL_PATTERN = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?$"


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _written_as_string(value: object) -> object:
    if isinstance(value, Decimal | str):
        return value
    raise WrongValue(zh='请写成带引号的小数，如 "1.20"。', en='write it as a decimal string in quotes, e.g. "1.20"')


_CLAUSE_SCHEMA = {"type": "string", "pattern": CLAUSE_PATTERN, "examples": ["FJ-10", "LG-12(c)"]}
_DECIMAL_SCHEMA = {"type": "string", "pattern": DECIMAL_PATTERN, "examples": ["1.20"]}
_SHARE_SCHEMA = {"type": "string", "pattern": r"^(0(\.[0-9]{1,8})?|1(\.0{1,8})?)$", "examples": ["0.80"]}

Clauses = Annotated[
    tuple[ClauseId, ...],
    BeforeValidator(_listed),
    WithJsonSchema({"anyOf": [_CLAUSE_SCHEMA, {"type": "array", "items": _CLAUSE_SCHEMA, "minItems": 1}]}),
]
Whole = Annotated[int, Field(strict=True, ge=0)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1)]
Yes = Annotated[bool, Field(strict=True)]
Number = Annotated[Decimal, BeforeValidator(_written_as_string), Field(ge=0), WithJsonSchema(_DECIMAL_SCHEMA)]
Share = Annotated[Decimal, BeforeValidator(_written_as_string), Field(ge=0, le=1), WithJsonSchema(_SHARE_SCHEMA)]


def _bound(kind: type[Any], amount: str, usual: BoundWord, plain_schema: dict[str, Any]) -> Any:
    """Return the type of a bound that is written as its amount alone where it has the usual wording."""
    words = {"enum": [str(word) for word in BoundWord]}
    written = {"type": "object", "properties": {amount: plain_schema, "word": words}, "required": [amount, "word"]}
    return Annotated[
        kind,
        BeforeValidator(lambda value: _bounded(value, amount, usual) if not isinstance(value, kind) else value),
        PlainSerializer(
            lambda bound: (
                {amount: _plain(getattr(bound, amount)), "word": str(bound.word)}
                if bound.word is not usual
                else _plain(getattr(bound, amount))
            )
        ),
        WithJsonSchema({"anyOf": [plain_schema, {**written, "additionalProperties": False}]}),
    ]


def _bounded(value: Any, amount: str, usual: BoundWord) -> dict[str, Any]:
    written = value if isinstance(value, dict) else {amount: value, "word": usual}
    if amount == "days" and (isinstance(written.get(amount), bool) or not isinstance(written.get(amount), int)):
        raise WrongValue(zh="请写成不带引号的整数天数，如 30。", en="write whole days without quotes, e.g. 30")
    return {**written, amount: written.get(amount) if amount == "days" else _written_as_string(written.get(amount))}


def _plain(amount: Decimal | int) -> str | int:
    return f"{amount:f}" if isinstance(amount, Decimal) else amount


ShareExceeded = _bound(ShareBound, "share", BoundWord.EXCEEDS, _SHARE_SCHEMA)
DaysReached = _bound(DaysBound, "days", BoundWord.REACHES, {"type": "integer", "minimum": 0})


class Section(BaseModel):
    """A group of values; unknown keys are refused and nothing can be changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLanguages(Section):
    """A name in Chinese and in English."""

    zh: Words = Field(title="中文", description="Chinese")
    en: Words = Field(title="英文", description="English")


_TYPE_NAMES: dict[str, Any] = {
    "Money": Money,
    "Share": Share,
    "Number": Number,
    "Whole": Whole,
    "AtLeastOne": AtLeastOne,
    "YesOrNo": Yes,
    "ShareExceeded": ShareExceeded,
    "DaysReached": DaysReached,
}
_STRICT: dict[Any, Any] = {bool: Yes, int: Whole, Decimal: Money}
_NOT_ASSUMED = [{"required": [key]} for key in ("assumed", "reason", "after", "open")]
_SET_BY_CLAUSE: dict[str, Any] = {"title": "按条款", "required": ["clause"], "not": {"anyOf": _NOT_ASSUMED}}
_ASSUMED: dict[str, Any] = {"title": "推定", "required": ["assumed", "reason"], "not": {"required": ["clause"]}}


class Sourced(Section, Generic[T]):
    """One value with exactly one origin: the clauses that set it, or `assumed: true` with the reason.

    An assumed value may name in `after` the clauses of another county's document that it follows.
    """

    model_config = ConfigDict(json_schema_extra={"oneOf": [_SET_BY_CLAUSE, _ASSUMED]})

    value: T = Field(title="取值", description="the value")
    clause: Clauses | None = Field(None, title="条款", description="clauses of the county's document that set it")
    assumed: Literal[True] | None = Field(None, title="推定", description="true: the document does not say it")
    reason: Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)] | None = Field(
        None, title="理由", description="why this value was assumed, a sentence"
    )
    after: Clauses | None = Field(None, title="参照", description="clauses elsewhere that an assumed value follows")
    layer: SkipJsonSchema[str | None] = Field(
        None, title="所在层", description="code of the province's base that it stands in; never written in a file"
    )
    open: Literal[True] | None = Field(
        None, title="待确认", description="true: taken from a template and not yet compared with the document"
    )

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Return a readable name for the published schema, for example `SourcedMoney`."""
        return f"Sourced{_type_name(params[0])}"

    @model_validator(mode="after")
    def _exactly_one_origin(self) -> "Sourced[T]":
        if self.clause and (self.assumed or self.reason or self.after or self.open):
            raise WrongValue(
                zh="一个值只有一个来源：保留 clause，或 assumed: true 与 reason，不可兼有。",
                en="a value has one origin: keep `clause`, or `assumed: true` with `reason`, not both",
            )
        if not self.clause and not (self.assumed and self.reason):
            raise WrongValue(
                zh="请写明此值的来源：clause: <条款编号>，或 assumed: true 并填写 reason。",
                en="say where the value comes from: `clause: <id>`, or `assumed: true` with a `reason`",
            )
        return self

    @property
    def origin(self) -> str:
        """Return the clause ids, or the word `assumed` with the reason; `layer` says whose document it is."""
        return ", ".join(self.clause) if self.clause else f"assumed: {self.reason}"


def _type_name(kind: Any) -> str:
    if get_origin(kind) is tuple:
        return f"ListOf{_type_name(get_args(kind)[0])}"
    known = next((name for name, each in _TYPE_NAMES.items() if each == kind), None)
    name = known or str(kind.__name__)
    return name[0].upper() + name[1:]


def leaf(zh: str, en: str) -> Any:
    """Declare a required value with its names; they appear in differences and in the published schema."""
    return Field(title=zh, description=en)


def maybe(zh: str, en: str) -> Any:
    """Declare a value that a county may do without."""
    return Field(default=None, title=zh, description=en)


def view(kind: type[Record], *sections: Section, **given: Any) -> Record:
    """Build the terms dataclass `kind` from values of the same names, `given` first, then section by section.

    Raises:
        TypeError: when a field of `kind` is found nowhere, which is a mistake in this program.
    """
    found = dict(given)
    # A class is hashable, whatever its objects are.
    for name, number in _places(kind, frozenset(given), *map(type, sections)):  # type: ignore[arg-type]
        node = cast("Sourced[Any] | None", getattr(sections[number], name))
        found[name] = None if node is None else node.value
    return kind(**found)


@cache
def _places(kind: type[Any], given: frozenset[str], *sections: type[Section]) -> tuple[tuple[str, int], ...]:
    """Return which section, by its number, holds each field of `kind` that is not given."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a terms dataclass")
    places = []
    for name in (field.name for field in fields(kind) if field.name not in given):
        number = next((at for at, section in enumerate(sections) if name in section.model_fields), None)
        if number is None:
            raise TypeError(f"{kind.__name__}.{name} is set by no section of the pack")
        places.append((name, number))
    return tuple(places)


def view_if_set(kind: type[Record], section: Section | None) -> Record | None:
    """Build the terms dataclass `kind` from an optional section, or return None when the county has none."""
    return None if section is None else view(kind, section)


def section_of(kind: type[Any], name: str, explained: str) -> type[Section]:
    """Return the section of a pack that holds every named value of a terms dataclass, each with its origin.

    Yes or no and whole numbers are read strictly; a value that may be None may be left out.
    """
    found: dict[str, Any] = {}
    for key, hint in get_type_hints(kind, include_extras=True).items():
        plain, *notes = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        names = next((note for note in notes if isinstance(note, Named)), None)
        if names is not None:
            bare = get_args(plain)[0] if NoneType in get_args(plain) else plain
            value: Any = Sourced.__class_getitem__(_STRICT.get(bare, bare))
            optional = bare is not plain
            found[key] = (value | None, maybe(names.zh, names.en)) if optional else (value, leaf(names.zh, names.en))
    return create_model(name, __base__=Section, __doc__=explained, **found)
