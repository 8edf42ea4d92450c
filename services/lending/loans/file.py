"""The bank's disbursement file (放款文件): its columns."""

from typing import Final

from shared.csv_files.columns import BankFile, day, identifier, matching, money, reference
from shared.languages import Sentence

# The bank's own key of an account; a row of digits only would be the account's number, which stays with the bank.
_ACCOUNT_OR_NONE: Final = "^(|[0-9]{0,32}[A-Za-z][A-Za-z0-9._:/-]{0,31})$"
_ACCOUNT: Final = Sentence(
    "本行内部代号（至少含一个字母，不得填账号）",
    "the bank's own key of the account with at least one letter, never its number",
)

FILE: Final = BankFile(
    "disbursement_file_line",
    (
        identifier("application_id"),
        reference("contract_number"),
        reference("bank_reference"),
        day("disbursed_on"),
        matching("account_reference", _ACCOUNT_OR_NONE, _ACCOUNT),
        money("amount"),
    ),
    optional=frozenset({"account_reference"}),
)
