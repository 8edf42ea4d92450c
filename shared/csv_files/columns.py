"""What a bank's file (银行文件) holds: its columns, how a field must look before it is converted, what it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared.csv_files.refusals import LineMalformed
from shared.languages import Sentence
from shared.patterns import DAY, IDENTIFIER, MONEY, RATE, REFERENCE_LONGEST, REFERENCE_OF_ANY_LENGTH
from shared.resident_id import names_a_person_sql


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it takes in words, the SQL condition on its text, and the type it is converted to."""

    name: str
    takes: Sentence
    condition: str = "true"
    type: str | None = None

    @property
    def converted(self) -> str:
        """Return the SQL of the field as the line's rule takes it; null where the line cannot be read."""
        if self.type is None:
            return self.name
        return f"CASE WHEN unreadable IS NULL THEN nullif({self.name}, '')::{self.type} END AS {self.name}"


def text(name: str) -> Column:
    """Return a column that takes any text; it says nothing when it is empty."""
    return Column(name, Sentence("文字", "text"))


def sentence(name: str, longest: int) -> Column:
    """Return a column that takes a sentence of at most `longest` characters, or nothing."""
    takes = Sentence(f"至多{longest}字", f"at most {longest} characters")
    return Column(name, takes, f"length(coalesce({name}, '')) <= {longest}")


def matching(name: str, pattern: str, takes: Sentence) -> Column:
    """Return a column of text with a pattern of its own; an empty field is matched as the empty text."""
    return Column(name, takes, f"coalesce({name}, '') ~ '{pattern}'")


def reference(name: str) -> Column:
    """Return a column of a bank's reference or contract number."""
    takes = Sentence(
        "字母、数字及 ._:/-，不得为身份证号", "letters, digits and ._:/-; a person's ID number is no reference"
    )
    plain = f"length({name}) <= {REFERENCE_LONGEST} AND {name} ~ '{REFERENCE_OF_ANY_LENGTH}'"
    return Column(name, takes, f"{plain} AND NOT {names_a_person_sql(name)}")


def word(name: str, *words: str) -> Column:
    """Return a column that takes one of these words."""
    among = ", ".join(f"'{each}'" for each in words)
    return Column(name, Sentence("、".join(words) + "之一", "one of " + ", ".join(words)), f"{name} IN ({among})")


def identifier(name: str) -> Column:
    """Return a column of the platform's own ids."""
    return Column(name, Sentence("本平台的编号", "an id of the platform"), f"{name} ~ '{IDENTIFIER}'", "uuid")


def day(name: str) -> Column:
    """Return a column of days."""
    takes = Sentence("日期（如 2017-12-20）", "a date such as 2017-12-20")
    return Column(name, takes, f"{name} ~ '{DAY}' AND pg_input_is_valid({name}, 'date')", "date")


def day_or_nothing(name: str) -> Column:
    """Return a column of days that may be left empty."""
    takes = Sentence("日期（如 2017-12-20），可不填", "a date such as 2017-12-20, or nothing")
    valid = f"{name} ~ '{DAY}' AND pg_input_is_valid({name}, 'date')"
    return Column(name, takes, f"coalesce({name}, '') = '' OR {valid}", "date")


def money(name: str) -> Column:
    """Return a column of yuan above zero."""
    takes = Sentence("大于零的金额（如 1980.00）", "yuan such as 1980.00, above zero")
    return Column(name, takes, f"{name} ~ '{MONEY}' AND {name} ~ '[1-9]'", "numeric")


def percent(name: str) -> Column:
    """Return a column of percent a year, or nothing."""
    takes = Sentence("百分数（如 4.35），可不填", "percent such as 4.35, or nothing")
    return Column(name, takes, f"coalesce({name}, '') ~ '^$|{RATE}'", "numeric")


@dataclass(frozen=True)
class BankFile:
    """A kind of file: the temporary table its lines are staged in, and its columns, of which one is `amount`.

    The header names them in this order; it may leave out those that are optional.
    """

    table: str
    columns: tuple[Column, ...]
    optional: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def names_needed(self) -> tuple[str, ...]:
        """Return the names of the columns that no file may leave out."""
        return tuple(name for name in self.names if name not in self.optional)

    @cached_property
    def read(self) -> str:
        """Return the SQL that follows WITH: `read` has every line converted, or its `unreadable` column."""
        tests = " ".join(
            f"WHEN ({column.condition}) IS NOT TRUE THEN '{column.name}'"
            for column in self.columns
            if column.condition != "true"
        )
        converted = ", ".join(column.converted for column in self.columns)
        return f"""
tested AS MATERIALIZED (
  SELECT *, CASE {tests} END AS unreadable FROM {self.table}
), read AS (
  SELECT line_number, unreadable, {converted} FROM tested
)"""  # noqa: S608 - our own names

    def malformed(self, figures: Mapping[str, Any]) -> LineMalformed:
        """Return the refusal of a line of `read` that has an `unreadable` column."""
        [column] = [each for each in self.columns if each.name == figures["unreadable"]]
        return LineMalformed(column.name, column.takes)
