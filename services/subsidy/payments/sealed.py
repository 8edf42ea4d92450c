"""Where personal data of payments are sealed: each value's table and column, authenticated with its ciphertext."""

from typing import Final

ACCOUNT_CONTEXT: Final = "payment_instruction.account"
ID_NUMBER_CONTEXT: Final = "payment_instruction.id_number"
HOLDER_CONTEXT: Final = "payment_instruction.holder_name"
