"""The bank's disbursement file (放款文件): its columns."""

from typing import Final

from shared.csv_files.columns import (
    BankFile,
    day,
    day_or_nothing,
    identifier,
    matching,
    money,
    percent,
    reference,
    sentence,
)
from shared.languages import Sentence
from shared.patterns import ACCOUNT_REFERENCE

_ACCOUNT: Final = Sentence(
    "本行内部代号（至少含一个字母，不得填账号）",
    "the bank's own key of the account with at least one letter, never its number",
)

REASON_LONGEST: Final = 1000

FILE: Final = BankFile(
    "disbursement_file_line",
    (
        identifier("application_id"),
        reference("contract_number"),
        reference("bank_reference"),
        day("disbursed_on"),
        matching("account_reference", f"^$|{ACCOUNT_REFERENCE}", _ACCOUNT),
        sentence("bank_reason", REASON_LONGEST),
        day_or_nothing("signed_on"),
        percent("annual_rate"),
        money("amount"),
    ),
    optional=frozenset({"account_reference", "bank_reason", "signed_on", "annual_rate"}),
)
