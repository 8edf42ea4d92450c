"""The lending service (贷款): applications, loans, repayments and everything that follows a loan until it is closed.

Owns: applications and their public notice, decisions, signatures and hand-over to the bank; loans, schedules,
reminders, repayments, overdue, classes, repayment plans, defaults and recoveries, and every loan's account. Keeps
copies of policy packs, reference rates and cuts of village quotas.

Events out: application-refused, application-withdrawn, loan-disbursed, disbursement-reversed, repayment-recorded,
loan-restated, loan-overdue, loans-classified, loan-closed, default-confirmed, default-lifted, pursuit-step-recorded,
loan-compensated, recovery-recorded, recovery-reversed, loan-written-off, write-off-withdrawn. Events in:
policy-pack-confirmed, pack-corrected, village-quota-cut, village-quota-restored, household-listed, household-unlisted,
entity-listed, entity-unlisted, duty-overdue, duty-done, duty-record-withdrawn and region-changed (registry),
reference-rate-published (subsidy), claim-paid (riskfund).
Asks: registry whether households may borrow, riskfund whether the fund has cover.
"""
