"""Where personal data of households are sealed: each value's table and column, authenticated with its ciphertext."""

from typing import Final

NAME_CONTEXT: Final = "member.name"
RESIDENT_ID_CONTEXT: Final = "member.resident_id"
PHONE_CONTEXT: Final = "household.phone"
OLD_VALUES_CONTEXT: Final = "change_request.old_values"
NEW_VALUES_CONTEXT: Final = "change_request.new_values"
ACCOUNT_CONTEXT: Final = "bank_account.account"
REJECTED_CELLS_CONTEXT: Final = "household_import_rejection.cells"
