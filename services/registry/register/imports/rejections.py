"""The sheet of rejected rows: the person's own columns, the row number and the reasons, ready to be corrected."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.registry.register.imports.faults import sentences
from shared.cell_values import DIGITS_KEPT
from shared.households_sheet import SheetColumn

ROW_HEADER: Final = "行号 Row"
REASON_HEADER: Final = "原因 Reason"
EXTRA_HEADERS: Final = (ROW_HEADER, REASON_HEADER)
_WIDTH: Final = 16
_REASON_WIDTH: Final = 80


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A rejected row with the cells as they were written."""

    row_number: int
    faults: Sequence[str]
    cells: Sequence[Any]


@dataclass(frozen=True)
class RejectionSheet:
    """Rejected rows under the headers they came with; corrected, the sheet can be sent as an import just as it is."""

    headers: Sequence[str]
    columns: Sequence[SheetColumn]
    rejected: AsyncIterator[RejectedRow]

    @property
    def columns_written(self) -> list[SheetColumn]:
        """Return the sheet's own columns with the row number and the reason behind them, all of them text."""
        wide = {column.header: max(column.width, _WIDTH) for column in self.columns}
        own = [SheetColumn(header, header, "", wide.get(header, _WIDTH)) for header in self._kept_headers()]
        return [*own, SheetColumn("row", ROW_HEADER, "", 8), SheetColumn("reason", REASON_HEADER, "", _REASON_WIDTH)]

    async def rows(self) -> AsyncIterator[list[str]]:
        """Yield the rows, each cell as text: nothing a person typed can become a formula, and no digit is lost."""
        columns = {column.key: column for column in self.columns}
        kept = [place for place, header in enumerate(self.headers) if header not in EXTRA_HEADERS]
        async for row in self.rejected:
            words = sentences(row.faults, columns)
            own = [_written(row.cells[place]) if place < len(row.cells) else "" for place in kept]
            yield [*own, str(row.row_number), f"{words.zh} / {words.en}"]

    def _kept_headers(self) -> list[str]:
        return [header for header in self.headers if header not in EXTRA_HEADERS]


def _written(cell: Any) -> str:
    """Return the cell as text that is read as the cell was: of a number that lost digits only those that are kept."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell)) if abs(cell) < 10**DIGITS_KEPT else f"{cell:.{DIGITS_KEPT - 1}E}"
    return str(cell)
