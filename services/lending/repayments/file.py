"""The bank's repayment file (还款文件): its columns."""

from typing import Final

from services.lending.accounts.schemas import PAYER_NAME_LONGEST
from shared.csv_files.columns import BankFile, Column, day, money, reference, text, word
from shared.languages import Sentence
from shared.policy.vocabulary import Payer

_PAYERS: Final = ", ".join(f"'{payer}'" for payer in Payer)
_PAYER: Final = Column(
    "payer",
    Sentence("付款人身份（如 heir），借款人可不填", "a kind of payer such as heir, or nothing for the borrower"),
    f"coalesce(payer, '') IN ('', {_PAYERS})",
    "text",
)
_PAYER_NAME: Final = Column(
    "payer_name",
    Sentence(
        f"付款人姓名或名称，至多{PAYER_NAME_LONGEST}字；借款人付款时不填",
        f"who paid, in at most {PAYER_NAME_LONGEST} characters, where it was not the borrower",
    ),
    f"CASE coalesce(nullif(payer, ''), 'borrower') WHEN 'borrower' THEN coalesce(payer_name, '') = '' "
    f"WHEN 'entity' THEN length(coalesce(payer_name, '')) <= {PAYER_NAME_LONGEST} "
    rf"ELSE payer_name ~ '\S' AND length(payer_name) <= {PAYER_NAME_LONGEST} END",
    "text",
)

FILE: Final = BankFile(
    "repayment_file_line",
    (
        reference("bank_reference"),
        text("contract_number"),
        word("kind", "repayment", "prepayment"),
        day("paid_on"),
        _PAYER,
        _PAYER_NAME,
        money("amount"),
    ),
    optional=frozenset({"payer", "payer_name"}),
)
