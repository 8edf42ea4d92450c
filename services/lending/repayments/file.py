"""The bank's repayment file (还款文件): its columns."""

from typing import Final

from shared.csv_files.columns import BankFile, day, money, reference, text, word

FILE: Final = BankFile(
    "repayment_file_line",
    (
        reference("bank_reference"),
        text("contract_number"),
        word("kind", "repayment", "prepayment"),
        day("paid_on"),
        money("amount"),
    ),
)
