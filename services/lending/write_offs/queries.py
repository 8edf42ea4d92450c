"""What is shown of write-offs and of their withdrawals."""

from typing import Final

from services.lending.proposals.queries import Proposals
from services.lending.write_offs.refusals import WriteOffUnknown, WriteOffWithdrawalUnknown
from services.lending.write_offs.schemas import WriteOffOut, WriteOffWithdrawalOut

# What came since: repayments and recoveries of the loan from the day on which it was written off, while that stands.
WRITE_OFFS: Final = Proposals(
    "write_off",
    WriteOffOut,
    WriteOffUnknown,
    """v.ground, v.amount, v.owed, v.papers, l.state AS loan_state, w.decided_on AS reversed_on,
  CASE WHEN v.state = 'confirmed' AND w.id IS NULL THEN
    (SELECT coalesce(sum(r.amount - r.held - r.refunded), 0.00) FROM repayment r
      WHERE r.loan_id = l.id AND r.paid_on >= v.decided_on AND r.reversed_on IS NULL)
    + (SELECT coalesce(sum(c.amount), 0.00) FROM recovery c
      WHERE c.loan_id = l.id AND c.recovered_on >= v.decided_on AND c.reversed_on IS NULL)
  ELSE 0.00 END AS recovered_since""",
    "LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed' "
    "JOIN loan l ON l.id = v.loan_id",
)
WRITE_OFF_WITHDRAWALS: Final = Proposals(
    "write_off_withdrawal",
    WriteOffWithdrawalOut,
    WriteOffWithdrawalUnknown,
    "v.write_off_id, o.amount",
    "JOIN write_off o ON o.id = v.write_off_id JOIN loan l ON l.id = o.loan_id",
)
