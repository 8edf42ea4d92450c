"""Subsidy (贴息): interest that households really paid is reimbursed by the treasury, by each county's pack.

Owns: reference rates, programmes, subsidy accounts with the interest paid, batches, payments, claw-backs,
relief projects with their money, benefit agreements.
Words: account (台账), part (a repayment's interest for one instalment), line (what of a part is reimbursed and why
not more), batch (批次), run (发放), instruction (支付指令), claw-back (追回),
agreement (利益联结协议), dividend (分红).
Events out: reference-rate-published, subsidy-batch-approved, subsidy-batch-settled, subsidy-batch-returned,
subsidy-transfers-returned, subsidy-return-withdrawn, project-step-taken, project-step-struck, agreement-confirmed,
agreement-corrected, agreement-terminated, grants-settled, grants-taken-back, dividend-run-approved,
subsidy-period-late, subsidy-period-caught-up.
Events in: loan-disbursed, repayment-recorded, loan-restated, loan-closed, default-confirmed, default-lifted,
disbursement-reversed; households-registered, household-status-changed, household-listed, household-unlisted,
household-merged, household-ended,
policy-pack-confirmed, pack-corrected.
Asks: registry for accounts, lending what a publication of rates does to loans.
"""
