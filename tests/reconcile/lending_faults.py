"""Faults to plant in lending's figures and signatures; each is one thing that went wrong, and nothing else."""

from tests.reconcile.planted import A_LOAN, A_REPAYMENT, Fault

REVERSAL = f"""
INSERT INTO repayment_reversal (id, repayment_id, loan_id, cause, reason, proposed_on, state, decided_on, decided_at,
    proposed_by, decided_by)
  SELECT id, id, loan_id, 'other', 'planted', paid_on, 'confirmed', paid_on, now(), {{}} FROM repayment
  WHERE id = {A_REPAYMENT}
"""
REFUND = f"""
INSERT INTO refund (id, loan_id, bank_code, amount, payee, account_reference, reason, proposed_on, proposed_by, state,
    bank_reference, decided_on, decided_by, decided_at)
  SELECT id, loan_id, bank_code, 1, 'borrower', 'account', 'planted', paid_on, 'one', 'confirmed', 'planted', paid_on,
    'one', now() FROM repayment WHERE id = {A_REPAYMENT}
"""
REMISSION = f"""
INSERT INTO remission (id, loan_id, remits, amount, value_on, reason, proposed_on, state, decided_on, decided_at,
    proposed_by, decided_by)
  SELECT id, id, 'penalty', 1, '2030-01-01', 'planted', '2030-01-01', 'confirmed', '2030-01-01', now(), 'one', {{}}
  FROM loan WHERE id = {A_LOAN}
"""

LENDING_FAULTS = (
    Fault("L1", "outstanding one fen off", "lending",
          f"UPDATE loan SET principal_outstanding = principal_outstanding + 0.01 WHERE id = {A_LOAN}"),
    Fault("L1", "bank paid out another amount", "lending",
          f"UPDATE disbursement SET amount = amount - 0.01 WHERE loan_id = {A_LOAN}"),
    Fault("L1", "repayment lost", "lending", f"DELETE FROM repayment WHERE id = {A_REPAYMENT}"),
    Fault("L1", "money held that nobody brought", "lending", f"UPDATE loan SET held = 1 WHERE id = {A_LOAN}"),
    Fault("L1", "refunded beyond what was there, unnoticed", "lending", REFUND),
    Fault("L1", "remitted one fen that no instalment had", "lending",
          f"UPDATE loan SET penalty_remitted = penalty_remitted + 0.01 WHERE id = {A_LOAN}"),
    Fault("L2", "remitted within a tolerance that the pack has not", "lending",
          f"INSERT INTO remission_part VALUES ({A_LOAN}, 1, 1, '2018-12-20', NULL, 0, 0.01, 0)"),
    Fault("L2", "another tolerance than the pack's", "lending",
          f"UPDATE loan SET tolerance = 0.05 WHERE id = {A_LOAN}"),
    Fault("L11", "remitted by who proposed it", "lending", REMISSION.format("'one'")),
    Fault("L10", "remitted, and the account does not know it", "lending", REMISSION.format("'two'")),
    Fault("L2", "instalment one fen off", "lending",
          f"UPDATE installment SET interest_due = interest_due + 0.01 WHERE loan_id = {A_LOAN} AND number = 1"),
    Fault("L2", "another rate than published", "lending",
          f"UPDATE loan SET annual_rate = annual_rate + 0.01 WHERE id = {A_LOAN}"),
    Fault("L2", "rate changed by nobody", "lending",
          "INSERT INTO loan_rate (id, loan_id, from_on, annual_rate, rate_id, recorded_on) "
          f"SELECT id, id, matures_on - 1, 1, id, matures_on FROM loan WHERE id = {A_LOAN}"),
    Fault("L2", "contract of another rate than its day's", "lending",
          f"UPDATE loan SET signed_rate = signed_rate + 0.01, annual_rate = annual_rate + 0.01 WHERE id = {A_LOAN}"),
    Fault("L2", "due date moved", "lending",
          f"UPDATE installment SET due_on = due_on + 1 WHERE loan_id = {A_LOAN} AND number = 1"),
    Fault("L2", "penalty multiplier not the pack's", "lending",
          f"UPDATE loan SET penalty_multiplier = 1.3 WHERE id = {A_LOAN}"),
    Fault("L2", "unpaid interest bears what the pack does not say", "lending",
          f"UPDATE loan SET unpaid_interest_bears = 'nothing' WHERE id = {A_LOAN}"),
    Fault("L3", "household above its cap", "lending", f"UPDATE loan SET principal = 60000 WHERE id = {A_LOAN}"),
    Fault("L3", "two loans open at once", "lending",
          f"INSERT INTO loan SELECT * FROM loan WHERE id = {A_LOAN}"),
    Fault("L3", "term beyond the pack", "lending", f"UPDATE loan SET term_months = 72 WHERE id = {A_LOAN}"),
    Fault("L4", "version skipped", "lending", f"UPDATE loan SET version = version + 1 WHERE id = {A_LOAN}"),
    Fault("L4", "state without its event", "lending",
          "UPDATE loan SET compensated_on = matures_on WHERE id = (SELECT id FROM loan "
          "WHERE state = 'active' LIMIT 1)"),
    Fault("L5", "part one fen off", "lending",
          f"UPDATE repayment_part SET interest = interest + 0.01 WHERE repayment_id = {A_REPAYMENT}"),
    Fault("L5", "bank reference booked twice", "lending",
          "UPDATE repayment SET bank_reference = 'same', bank_code = 'same' "
          "WHERE id IN (SELECT id FROM repayment ORDER BY id LIMIT 2)"),
    Fault("L5", "reference stands for another day", "lending",
          "UPDATE bank_reference SET booked_on = booked_on - 1 WHERE entry_id = "
          "(SELECT id FROM repayment ORDER BY id LIMIT 1)"),
    Fault("L5", "published otherwise than booked", "lending",
          "UPDATE outbox SET data = jsonb_set(data, '{paid_on}', '\"2017-01-01\"') WHERE position = "
          "(SELECT min(position) FROM outbox WHERE event_name = 'repayment-recorded')"),
    Fault("L5", "money held otherwise than published", "lending",
          f"UPDATE repayment SET held = 1, amount = amount + 1 WHERE id = {A_REPAYMENT}"),
    Fault("L5", "taken back, and counts as published", "lending",
          f"UPDATE repayment SET reversed_on = paid_on WHERE id = {A_REPAYMENT}"),
    Fault("L5b", "principal before interest", "lending",
          "UPDATE repayment_part SET interest = 0, principal = principal + interest "
          "WHERE (repayment_id, installment_number) = "
          "(SELECT repayment_id, installment_number FROM repayment_part WHERE interest > 0 ORDER BY 1 LIMIT 1)"),
    Fault("L5b", "money of one loan on another's", "lending",
          f"UPDATE repayment SET loan_id = (SELECT id FROM loan WHERE id <> {A_LOAN} ORDER BY id LIMIT 1) "
          f"WHERE loan_id = {A_LOAN}"),
    Fault("L6", "penalty one fen off", "lending", "UPDATE penalty_accrual SET amount = amount + 0.01"),
    Fault("L6", "back-dated penalty", "lending", "UPDATE penalty_accrual SET period_from = period_from - 1"),
    Fault("L6", "penalty without a surcharge in it", "lending", "UPDATE penalty_accrual SET compound = amount"),
    Fault("L6", "penalty left out", "lending", "DELETE FROM penalty_accrual"),
    Fault("L7", "default confirmed by its reporter", "lending",
          "UPDATE default_confirmation c SET confirmed_by = r.reported_by FROM default_report r "
          "WHERE r.id = c.report_id"),
    Fault("L7", "default confirmed too early", "lending",
          "UPDATE default_confirmation SET days_past_due = 89; UPDATE default_report SET cause = 'illness'"),
    Fault("L7", "default confirmed with another debt", "lending",
          "UPDATE default_confirmation SET penalty_overdue = penalty_overdue + 0.01"),
    Fault("L7", "default confirmed with a surcharge as claimable interest", "lending",
          "UPDATE default_confirmation SET surcharge_overdue = surcharge_overdue - 0.01"),
    Fault("L5b", "surcharge paid as late interest", "lending",
          "UPDATE repayment SET surcharge = surcharge - 0.01 WHERE surcharge > 0"),
    Fault("L8", "closed with a debt", "lending",
          "UPDATE loan SET state = 'closed', closed_on = matures_on "
          "WHERE id = (SELECT id FROM loan WHERE state = 'active' LIMIT 1)"),
    Fault("L9", "more recovered than compensated", "lending",
          "UPDATE recovery SET principal = 90000, amount = 90000 + interest"),
    Fault("L10", "closed on another day", "lending",
          "UPDATE loan SET closed_on = closed_on - 1 WHERE id = (SELECT id FROM loan WHERE state = 'closed' LIMIT 1)"),
    Fault("L10", "default that nobody confirmed", "lending",
          "UPDATE loan SET state = 'defaulted', defaulted_on = matures_on "
          "WHERE id = (SELECT id FROM loan WHERE state = 'active' LIMIT 1)"),
    Fault("L10", "default that was withdrawn goes on", "lending",
          "UPDATE default_report SET withdrawn_on = reported_on"),
    Fault("L10", "lateness forgotten", "lending", "UPDATE loan SET was_late = false"),
    Fault("L10", "place of the last posting lost", "lending",
          f"UPDATE loan SET last_reference = '' WHERE id = (SELECT loan_id FROM repayment WHERE id = {A_REPAYMENT})"),
    Fault("L10", "refund that the account does not know", "lending", REFUND),
    Fault("L10", "overdue for a day too few", "lending", "UPDATE loan SET overdue_from = overdue_from + 1"),
    Fault("L10", "late loans not marked", "lending", "UPDATE loan SET overdue_from = NULL"),
    Fault("L12", "class better than the days past due", "lending",
          "UPDATE loan_class SET by_rule = 'normal', loan_class = 'normal' WHERE by_rule <> 'normal'"),
    Fault("L12", "a day past due too few", "lending",
          "UPDATE loan_class SET days_past_due = days_past_due - 1 WHERE days_past_due > 1"),
    Fault("L12", "loan left out of a month", "lending",
          "DELETE FROM loan_class WHERE (loan_id, classified_on) = "
          "(SELECT loan_id, classified_on FROM loan_class ORDER BY 1, 2 LIMIT 1)"),
    Fault("L12", "class that nobody set", "lending",
          "UPDATE loan_class SET loan_class = 'loss', review_id = run_id WHERE loan_class = 'normal'"),
    Fault("L12", "what officers set is forgotten", "lending",
          "INSERT INTO class_review (id, loan_id, bank_code, loan_class, reason, proposed_on, proposed_by, state, "
          "decided_on, decided_by, decided_at) SELECT run_id, loan_id, 'x', 'loss', 'planted', classified_on, 'one', "
          "'confirmed', classified_on, 'two', '2000-01-01' FROM loan_class WHERE loan_class = 'normal' LIMIT 1"),
    Fault("L12", "principal one fen off", "lending",
          "UPDATE loan_class SET principal_outstanding = principal_outstanding + 0.01 WHERE (loan_id, classified_on) = "
          "(SELECT loan_id, classified_on FROM loan_class ORDER BY 1, 2 LIMIT 1)"),
    Fault("L12", "month left out", "lending",
          "DELETE FROM class_run WHERE id = (SELECT id FROM class_run ORDER BY classified_on OFFSET 1 LIMIT 1)"),
    Fault("L13", "plan made for other arrears", "lending",
          "UPDATE repayment_plan SET arrears = arrears - 0.01"),
    Fault("L13", "plan asks for more than ends the loan", "lending",
          "UPDATE plan_installment SET amount = amount + 100000"),
    Fault("L13", "one person draws up and signs", "lending",
          "UPDATE repayment_plan SET signed_by = drawn_by WHERE state = 'signed'"),
    Fault("L13", "plan that gave way to none", "lending",
          "UPDATE repayment_plan SET state = 'replaced', replaced_on = signed_on WHERE state = 'signed'"),
    Fault("L11", "taken back without a decision", "lending",
          f"UPDATE repayment SET reversed_on = paid_on WHERE id = {A_REPAYMENT}"),
    Fault("L11", "reversal decided and forgotten", "lending", REVERSAL.format("'one', 'two'")),
    Fault("L11", "one person takes back", "lending",
          REVERSAL.format("'one', 'one'") + f"; UPDATE repayment SET reversed_on = paid_on WHERE id = {A_REPAYMENT}"),
    Fault("L11", "one person refunds", "lending", REFUND),
    Fault("L11", "loan cancelled without a decision", "lending",
          "UPDATE loan SET state = 'cancelled', cancelled_on = disbursed_on, cancelled_at = now() "
          f"WHERE id = {A_LOAN}"),
    Fault("L10", "cancelled loan on which money stands", "lending",
          "UPDATE loan SET state = 'cancelled', cancelled_on = disbursed_on, cancelled_at = now() "
          f"WHERE id = (SELECT loan_id FROM repayment WHERE id = {A_REPAYMENT})"),
    Fault("L11", "loan written off without a decision", "lending",
          f"UPDATE loan SET written_off_on = disbursed_on WHERE id = {A_LOAN}"),
    Fault("L11", "write-off decided and not published", "lending",
          f"UPDATE loan SET written_off_on = matures_on WHERE id = {A_LOAN}; "
          "INSERT INTO write_off (id, loan_id, ground, amount, owed, papers, reason, proposed_on, proposed_by, state, "
          "decided_on, decided_by, decided_at) SELECT id, id, 'loss', 1, 1, '[{}]', 'planted', matures_on, 'one', "
          f"'confirmed', matures_on, 'two', now() FROM loan WHERE id = {A_LOAN}"),
    Fault("F4", "cover of a cancelled loan still used", "riskfund",
          "UPDATE covered_loan SET state = 'cancelled' WHERE loan_id = "
          "(SELECT loan_id FROM cover_reservation WHERE state = 'used' ORDER BY id LIMIT 1)"),
    Fault("L11", "recovery taken back without a decision", "lending", "DELETE FROM recovery_reversal"),
    Fault("L11", "default withdrawn without a decision", "lending",
          "UPDATE default_report SET withdrawn_on = reported_on"),
    Fault("A1", "approver is the maker", "lending",
          "UPDATE decision d SET officer = a.filed_by FROM application a WHERE a.id = d.application_id AND a.id = "
          "(SELECT id FROM application WHERE approved_on IS NOT NULL LIMIT 1) AND d.stage = 'township'"),
    Fault("A1", "signature missing", "lending",
          "DELETE FROM decision WHERE office = 'finance_bureau' AND application_id = "
          "(SELECT id FROM application WHERE approved_on IS NOT NULL LIMIT 1)"),
    Fault("A1", "one person for two offices", "lending",
          "UPDATE decision SET officer = 'same' WHERE stage = 'joint_review' AND application_id = "
          "(SELECT id FROM application WHERE approved_on IS NOT NULL LIMIT 1)"),
    Fault("A2", "public notice cut short", "lending",
          "UPDATE public_notice_closure SET closed_on = closed_on - 5 "
          "WHERE id = (SELECT min(id::text)::uuid FROM public_notice_closure)"),
    Fault("A2", "loan of another amount than applied for", "lending",
          "UPDATE application SET amount = amount - 1000 WHERE id = "
          "(SELECT id FROM application WHERE state = 'disbursed' LIMIT 1)"),
    Fault("A2", "approved before it was decided", "lending",
          "UPDATE application SET approved_on = filed_on WHERE id = "
          "(SELECT id FROM application WHERE state = 'disbursed' LIMIT 1)"),
    Fault("A3", "file claims one line more", "lending",
          "UPDATE repayment_file SET recorded = recorded + 1, lines = lines + 1"),
    Fault("A3", "file total off", "lending",
          "UPDATE disbursement_file SET total = total + 0.01, amount = amount + 0.01"),
    Fault("A3", "file says money is held", "lending", "UPDATE repayment_file SET held = held + 0.01"),
)  # fmt: skip
