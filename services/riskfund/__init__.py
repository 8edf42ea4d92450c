"""The risk-fund service (风险补偿金): what covers the county's loans, and what happens when one is lost.

Owns: each county's fund with its double-entry ledger, reservations of cover and the exposure of every loan, insurance
policies and the insurers' answers, claims with the committee's decisions and their payment, what guarantors owe and pay
of a loss, recoveries and what banks return of them. Keeps copies of policy packs.

Events out: fund-contribution-received, insurance-policy-confirmed, insurance-policy-cancelled,
insurance-claim-requested, insurance-answered, insurance-claim-withdrawn, claim-approved, claim-paid, claim-voided,
recovery-returned. Events in: policy-pack-confirmed, pack-corrected
(registry); loan-disbursed, disbursement-reversed, repayment-recorded, loan-closed, loan-restated, default-confirmed,
default-lifted, recovery-recorded, recovery-reversed, pursuit-step-recorded, application-refused,
application-withdrawn (lending, in order).
"""
