"""Registry: who lives where, who they are, how they are rated, and under which rules.

Owns regions, policy packs, households with their members, accounts and documents, credit ratings, the dishonesty list
and the blacklist, village quotas, implementing entities, the duties of offices that fall due, and the answer to "may
this household borrow?".
Events out: policy-pack-confirmed, pack-corrected, households-registered, household-status-changed, household-listed,
household-unlisted, household-moved, household-split, household-merged, household-ended, household-head-changed,
entity-listed, entity-unlisted, village-quota-cut, village-quota-restored, region-changed, rating-campaign-finalised,
duty-ordered, duty-overdue, duty-done, duty-record-withdrawn.
Events in: loan-disbursed, disbursement-reversed, loan-overdue, repayment-recorded, recovery-recorded,
recovery-reversed, loan-closed,
loan-restated, default-confirmed, default-lifted (lending, in the order of each loan).
"""
