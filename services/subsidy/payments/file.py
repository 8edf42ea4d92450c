"""The paying bank's return file (发放回盘、退汇文件): its columns."""

from typing import Final

from shared.csv_files.columns import BankFile, day, identifier, money, text, word

# `returned` is a transfer that was paid and came back (退汇); `paid_on` is the day of what the line says.
FILE: Final = BankFile(
    "return_file_line",
    (
        identifier("instruction_id"),
        word("state", "paid", "rejected", "returned"),
        money("amount"),
        day("paid_on"),
        text("reason"),
    ),
)
