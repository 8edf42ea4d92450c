"""In which contexts a payee's name, ID number and account are sealed."""

from typing import Final

ACCOUNT_CONTEXT: Final = "subsidy_payee.account"
ID_NUMBER_CONTEXT: Final = "subsidy_payee.id_number"
HOLDER_CONTEXT: Final = "subsidy_payee.holder_name"
