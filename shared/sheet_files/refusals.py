"""Why a file is refused as a whole, by name."""

from collections.abc import Sequence
from typing import Final

from shared.csv_files.refusals import FileRefused
from shared.households_sheet import SheetColumn
from shared.languages import Sentence

MOST_ROWS: Final = 200_000
_SAVE_AS: Final = Sentence("请另存为 .xlsx ", "save it as .xlsx")


class NotAWorkbook(FileRefused):
    """The file is neither an .xlsx nor a .csv."""

    code = "not-a-workbook"

    def __init__(self, what: Sentence, todo: Sentence = _SAVE_AS) -> None:
        super().__init__(
            zh=f"文件不是可读的 .xlsx 表格或 .csv 文本（{what.zh}），{todo.zh}后重新上传。",
            en=f"The file is no readable .xlsx workbook and no .csv text ({what.en}); {todo.en} and send it again.",
        )


class FileTooLarge(FileRefused):
    """The file holds far more than a sheet of ours needs."""

    code = "workbook-too-large"

    def __init__(self, what: Sentence, limit: int) -> None:
        super().__init__(
            zh=f"文件{what.zh}，上限为 {limit}；请只保留本表或拆分后重新上传。",
            en=f"The file has {what.en}, more than {limit}; send the sheet alone, or split it.",
            limit=limit,
        )


class FormulaCells(FileRefused):
    """The sheet computes cells instead of stating them."""

    code = "formula-cells"
    title = "表格含公式 Formula cells"

    def __init__(self, line: int, cell: str, sheet: str | None = None) -> None:
        where = f"cell {cell} of {sheet}" if sheet else f"cell {cell}"
        where_zh = f"“{sheet}”的 {cell} 单元格" if sheet else f" {cell} 单元格"
        super().__init__(
            zh=f"要读取的单元格中有公式（首处在{where_zh}）；请复制后选择性粘贴为数值，再重新上传。",
            en=f"A cell that is read holds a formula (the first is {where}); copy the cells and paste them as values, "
            "then send it again.",
            line=line,
            cell=cell,
            sheet=sheet,
        )


class ColumnsMissing(FileRefused):
    """The header row lacks columns, or has one twice."""

    code = "columns-missing"
    title = "缺少列 Columns missing"

    def __init__(self, missing: Sequence[SheetColumn], twice: Sequence[SheetColumn]) -> None:
        parts = [f"lacks {', '.join(column.header for column in missing)}"] if missing else []
        parts += [f"has {', '.join(column.header for column in twice)} twice"] if twice else []
        parts_zh = [f"缺少列 {'、'.join(column.header for column in missing)}"] if missing else []
        parts_zh += [f"列 {'、'.join(column.header for column in twice)} 重复"] if twice else []
        super().__init__(
            zh=f"首行{'，'.join(parts_zh)}；表头须在第一行，请补齐或删除重复列后重新上传。",
            en=f"The first row {' and '.join(parts)}; correct the header row and send the sheet again.",
            missing=[column.header for column in missing],
            repeated=[column.header for column in twice],
        )


class SheetHasNoRows(FileRefused):
    """There is a header row, and nothing below it."""

    code = "sheet-has-no-rows"
    title = "表格无数据行 Sheet has no rows"

    def __init__(self) -> None:
        super().__init__(
            zh="首个工作表只有表头没有数据，请填写后，或把已填的工作表移到最前，再重新上传。",
            en="The first sheet has a header row and no row below it; fill it in, or put the sheet that is filled "
            "in first, and send it again.",
        )
