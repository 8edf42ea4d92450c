"""Where personal data of implementing entities are sealed: table and column, authenticated with each value."""

from typing import Final

REPRESENTATIVE_CONTEXT: Final = "implementing_entity.legal_representative"
ACCOUNT_CONTEXT: Final = "implementing_entity.settlement_account"
