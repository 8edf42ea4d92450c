"""The paying bank's return file (发放回盘文件): its columns."""

from typing import Final

from shared.csv_files.columns import BankFile, day, identifier, money, text, word

FILE: Final = BankFile(
    "return_file_line",
    (identifier("instruction_id"), word("state", "paid", "rejected"), money("amount"), day("paid_on"), text("reason")),
)
