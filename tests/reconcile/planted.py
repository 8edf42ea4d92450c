"""What a planted fault is, and the loan and the repayment that most of them alter."""

from typing import NamedTuple

ONE = "(SELECT id FROM {} ORDER BY id LIMIT 1)"
A_LOAN, A_REPAYMENT = ONE.format("loan"), ONE.format("repayment")


class Fault(NamedTuple):
    """A fault with the check that must turn red."""

    check: str
    name: str
    service: str
    statements: str
