"""Why a file is not taken, or a line of it."""

from collections.abc import Sequence
from decimal import Decimal

from shared.errors import Invalid
from shared.languages import Sentence


class FileRefused(Invalid):
    """The file as a whole is not taken."""

    code = "file-refused"
    title = "文件无法读取 File refused"


class EncodingUnknown(FileRefused):
    """The text is in none of the encodings that are read."""

    code = "encoding-unknown"
    title = "文字编码无法识别 Encoding unknown"

    def __init__(self) -> None:
        super().__init__(
            zh="文字编码不是 UTF-8，也不是 GB 18030，请另存为 CSV UTF-8，再提交完整文件。",
            en="The text is neither UTF-8 nor GB 18030; save it as 'CSV UTF-8' and send the whole file again.",
        )


class FileUnreadable(FileRefused):
    """The text is no CSV, or a line has not as many fields as the header."""

    code = "file-unreadable"

    def __init__(self, fault: Sentence) -> None:
        super().__init__(
            zh=f"文件未受理：{fault.zh}。请更正后提交完整文件。",
            en=f"The file was not taken: {fault.en}. Correct it and send the whole file again.",
        )

    @classmethod
    def at(cls, line: int, what: str) -> "FileUnreadable":
        """Return that one line is no CSV, as the reader says."""
        zh = f"第 {line} 行不是正确的 CSV，请核对引号和列数"
        return cls(Sentence(zh, f"line {line} does not have the header's fields as CSV ({what})"))


class FileHeaderUnknown(FileRefused):
    """The first line does not name the columns of this kind of file."""

    code = "file-header-unknown"
    title = "文件表头不符 File header unknown"

    def __init__(self, expected: Sequence[str]) -> None:
        wanted = ",".join(expected)
        super().__init__(
            zh=f"首行必须是“{wanted}”，请更正后重新提交完整文件。",
            en=f"The first line must be exactly '{wanted}'; correct it and send the whole file again.",
        )


class FileTotalsDiffer(FileRefused):
    """Lines or amounts do not add up to what was announced, so the file may be cut off."""

    code = "file-totals-differ"
    title = "文件笔数或金额合计不符 File totals differ"

    def __init__(self, announced_lines: int, lines: int, announced_total: Decimal, total: Decimal) -> None:
        super().__init__(
            zh=f"申报 {announced_lines} 笔共 {announced_total:.2f} 元，文件实有 {lines} 笔共 {total:.2f} 元，均未受理；"
            "请核对后重新提交完整文件及正确的笔数和合计。",
            en=f"Announced were {announced_lines} lines of {announced_total:.2f} in total, the file holds {lines} "
            f"lines of {total:.2f}; nothing was taken. Send the complete file with its right totals.",
            announced_lines=announced_lines,
            lines=lines,
            announced_total=f"{announced_total:.2f}",
            total=f"{total:.2f}",
        )


class LineMalformed(Invalid):
    """A field of a line cannot be read."""

    code = "line-malformed"
    title = "文件行格式错误 Line malformed"

    def __init__(self, column: str, takes: Sentence) -> None:
        super().__init__(
            zh=f"{column} 无法读取，应为{takes.zh}；请更正后重新报送该行。",
            en=f"{column} cannot be read: it takes {takes.en}. Correct it and send the line again.",
            column=column,
        )
