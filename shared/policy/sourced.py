"""A value of a policy pack together with where it comes from."""

from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

T = TypeVar("T")
Record = TypeVar("Record")

Words = Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)]
ClauseId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[1-9][0-9]?[a-z]?$")]
DECIMAL_PATTERN = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,8})?$"


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _written_as_string(value: object) -> object:
    if isinstance(value, Decimal | str):
        return value
    raise ValueError('write it as a decimal string in quotes, e.g. "1.20"')


Clauses = Annotated[tuple[ClauseId, ...], BeforeValidator(_listed)]
Whole = Annotated[int, Field(strict=True, ge=0)]
AtLeastOne = Annotated[int, Field(strict=True, ge=1)]
Yes = Annotated[bool, Field(strict=True)]
Number = Annotated[Decimal, BeforeValidator(_written_as_string), Field(ge=0)]
Share = Annotated[Decimal, BeforeValidator(_written_as_string), Field(ge=0, le=1)]


class Section(BaseModel):
    """A group of values; unknown keys are refused and nothing can be changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BothLanguages(Section):
    """A name in Chinese and in English."""

    zh: Words = Field(title="中文", description="Chinese")
    en: Words = Field(title="英文", description="English")


class Sourced(Section, Generic[T]):
    """One value with exactly one origin: the clauses that set it, or `assumed: true` with the reason.

    An assumed value may name in `after` the clauses of another county's document that it follows.
    """

    value: T
    clause: Clauses | None = None
    assumed: Literal[True] | None = None
    reason: Annotated[str, StringConstraints(min_length=10, strip_whitespace=True)] | None = None
    after: Clauses | None = None

    @model_validator(mode="after")
    def _exactly_one_origin(self) -> "Sourced[T]":
        if self.clause and (self.assumed or self.reason or self.after):
            raise PydanticCustomError(
                "two_origins", "a value has one origin: keep `clause`, or `assumed: true` with `reason`, not both"
            )
        if not self.clause and not (self.assumed and self.reason):
            raise PydanticCustomError(
                "no_origin", "say where the value comes from: `clause: <id>`, or `assumed: true` with a `reason`"
            )
        return self

    @property
    def origin(self) -> str:
        """Return the clause ids, or the word `assumed` with the reason."""
        return ", ".join(self.clause) if self.clause else f"assumed: {self.reason}"


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
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} is not a terms dataclass")
    found = dict(given)
    for name in (field.name for field in fields(kind) if field.name not in given):
        holder = next((section for section in sections if name in type(section).model_fields), None)
        if holder is None:
            raise TypeError(f"{kind.__name__}.{name} is set by no section of the pack")
        node = cast("Sourced[Any] | None", getattr(holder, name))
        found[name] = None if node is None else node.value
    return kind(**found)


def view_if_set(kind: type[Record], section: Section | None) -> Record | None:
    """Build the terms dataclass `kind` from an optional section, or return None when the county has none."""
    return None if section is None else view(kind, section)
