"""How numbers and codes are written: whole-text patterns that Python, PostgreSQL and JSON schema read alike."""

from typing import Final

REFERENCE: Final = "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"  # a bank's reference, a contract's number
# The same in two steps, for SQL over many lines: PostgreSQL takes twenty times as long for a bounded repetition.
REFERENCE_OF_ANY_LENGTH: Final = "^[A-Za-z0-9][A-Za-z0-9._:/-]*$"
REFERENCE_LONGEST: Final = 64
# The bank's own key of an account; a row of digits only would be the account's number, which stays with the bank.
ACCOUNT_REFERENCE: Final = "^[0-9]{0,32}[A-Za-z][A-Za-z0-9._:/-]{0,31}$"
BANK_CODE: Final = "^[A-Za-z0-9-]{2,20}$"
HOUSEHOLD_NUMBER: Final = "^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$"
IDENTIFIER: Final = "^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
SHA256: Final = "^[0-9a-f]{64}$"
DAY: Final = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
INSTANT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$"
MONEY: Final = r"^(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?$"
RATE: Final = r"^(0|[1-9][0-9]?)(\.[0-9]{1,8})?$"  # percent a year
