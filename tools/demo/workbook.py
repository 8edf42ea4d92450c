"""The county's spreadsheets as a township clerk would hand them in: households, and their members."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from shared.households_sheet import (
    CIVIL_CAPACITY_WORDS,
    CREDIT_RECORD_WORDS,
    EDUCATION_WORDS,
    INDICATOR_PREFIX,
    LABOUR_WORDS,
    MEMBER_COLUMNS,
    MEMBERS_SHEET_NAME,
    POVERTY_STATE_WORDS,
    RELATION_WORDS,
    SHEET_NAME,
    YES_NO_WORDS,
    CellKind,
    SheetColumn,
    household_columns,
    written,
)
from shared.policy.rating_terms import RatingScheme
from tools.demo.members import Member
from tools.demo.population import Household

# A fixed creation time keeps the file the same byte for byte for the same households.
CREATED_AT: Final = datetime(2017, 3, 1, tzinfo=UTC)
_WORKBOOK_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_workbook(path: Path, households: Iterable[Household], scheme: RatingScheme) -> int:
    """Write the households to an .xlsx file, one row each below a bilingual header, and return the number of rows.

    Numbers that are names (resident ID, phone, account, codes) are text cells, so that no digit is lost.
    """
    return _write(path, SHEET_NAME, household_columns(scheme), map(household_cells, households))


def write_members(path: Path, members: Iterable[Member]) -> int:
    """Write household members to an .xlsx file, one row each, and return the number of rows."""
    return _write(path, MEMBERS_SHEET_NAME, MEMBER_COLUMNS, map(member_cells, members))


def _write(path: Path, title: str, columns: tuple[SheetColumn, ...], rows: Iterable[dict[str, str | int]]) -> int:
    count = 0
    with xlsxwriter.Workbook(str(path), _WORKBOOK_OPTIONS) as book:
        book.set_properties({"title": title, "created": CREATED_AT.replace(tzinfo=None)})
        sheet = book.add_worksheet(title)
        _lay_out(book, sheet, columns)
        for count, cells in enumerate(rows, start=1):
            _write_row(sheet, count, columns, cells)
        sheet.autofilter(0, 0, max(count, 1), len(columns) - 1)
    return count


def member_cells(member: Member) -> dict[str, str | int]:
    """Return the member's cells by column key, in the words of the sheet; facts not collected stay empty."""
    return {
        "household_number": member.household_number,
        "name": member.name,
        "resident_id": member.resident_id,
        "relation": written(RELATION_WORDS, member.relation),
        "labour": written(LABOUR_WORDS, member.labour),
        "education": written(EDUCATION_WORDS, member.education),
        "at_school": _yes_no(member.at_school),
    }


def household_cells(household: Household) -> dict[str, str | int]:
    """Return the household's cells by column key, in the words of the sheet."""
    return {
        "household_number": household.household_number,
        "head_name": household.head_name,
        "resident_id": household.resident_id,
        "phone": household.phone,
        "village_code": household.village_code,
        "member_count": household.member_count,
        "labourer_count": household.labourer_count,
        "poverty_state": written(POVERTY_STATE_WORDS, household.poverty_state),
        "registered_on": household.registered_on.isoformat(),
        "four_kinds": _yes_no(household.four_kinds),
        "civil_capacity": written(CIVIL_CAPACITY_WORDS, household.civil_capacity),
        "able_to_work": _yes_no(household.able_to_work),
        "credit_record": written(CREDIT_RECORD_WORDS, household.credit_record),
        "bank_code": household.bank_code,
        "bank_account": household.bank_account,
        "family_debts": household.family_debt_banks,
        "group_name": household.group_name,
        **{f"{INDICATOR_PREFIX}{code}": answer for code, answer in household.answers.items()},
    }


def _yes_no(flag: bool) -> str:
    return written(YES_NO_WORDS, "yes" if flag else "no")


def _lay_out(book: Any, sheet: Any, columns: tuple[SheetColumn, ...]) -> None:
    text = book.add_format({"num_format": "@"})
    heading = book.add_format(
        {"bold": True, "text_wrap": True, "bg_color": "#E8EEF7", "bottom": 1, "valign": "vcenter"}
    )
    sheet.freeze_panes(1, 2)
    for place, column in enumerate(columns):
        is_number = column.kind in (CellKind.INTEGER, CellKind.NUMBER)
        sheet.set_column(place, place, column.width, None if is_number else text)
    sheet.set_row(0, 32)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.header, heading)


def _write_row(sheet: Any, row: int, columns: tuple[SheetColumn, ...], cells: dict[str, str | int]) -> None:
    for place, column in enumerate(columns):
        cell = cells.get(column.key, "")
        if isinstance(cell, int):
            sheet.write_number(row, place, cell)
        else:
            sheet.write_string(row, place, cell)
