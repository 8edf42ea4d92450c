"""The register of bank references (银行流水号): for a bank, a reference stands for one posting of one kind.

Whoever books money puts its reference here in the same statement; the key refuses a second one, whatever its kind.
The same posting sent again is recognised by all of its content: loan, kind, day and amount.
"""

from typing import Final

# What a statement answers of the register's row `b`, and how it finds it for the references of `r` at bank $1.
BOOKED: Final = (
    "b.entry AS booked_entry, b.booked_on, b.amount AS booked_amount, "
    "(SELECT contract_number FROM loan WHERE loan.id = b.loan_id) AS booked_contract, "
    "(SELECT payer FROM repayment WHERE repayment.id = b.entry_id) AS booked_payer"
)
JOIN_BOOKED: Final = "LEFT JOIN bank_reference b ON b.bank_code = $1::text AND b.bank_reference = r.bank_reference"
