"""Faults to plant: where, what, and the check that must see it. Each is one thing that went wrong, and nothing else."""

from collections.abc import Callable
from typing import NamedTuple

from tools.reconcile.streams import Durable, Stream

ONE = "(SELECT id FROM {} ORDER BY id LIMIT 1)"
A_LOAN, A_REPAYMENT = ONE.format("loan"), ONE.format("repayment")
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


class Fault(NamedTuple):
    """A fault with the check that must turn red."""

    check: str
    name: str
    service: str
    statements: str


DATABASE_FAULTS = (
    # lending
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
    # registry
    Fault("R1", "one person in two households", "registry",
          "UPDATE member SET resident_id_index = (SELECT resident_id_index FROM member ORDER BY id LIMIT 1) "
          "WHERE id = (SELECT id FROM member ORDER BY id DESC LIMIT 1)"),
    Fault("R1", "household under a code that ended", "registry",
          "UPDATE region SET valid_until = '2019-01-01' WHERE code = "
          "(SELECT village_code FROM household WHERE ended_on IS NULL ORDER BY id LIMIT 1)"),
    Fault("R1", "household without a head", "registry", "UPDATE member SET is_head = false, relation = 'other'"),
    Fault("R2", "state without a mark", "registry",
          "UPDATE household SET poverty_state = 'stably_lifted' WHERE id = "
          "(SELECT id FROM household WHERE poverty_state = 'registered' LIMIT 1)"),
    Fault("R2", "imported row lost", "registry",
          "DELETE FROM household_import_rejection "
          "WHERE row_number = (SELECT min(row_number) FROM household_import_rejection)"),
    Fault("R3", "quota larger than the cuts leave", "registry", "UPDATE village_quota SET share_left = 1"),
    Fault("R3", "quota given back without telling", "registry",
          "INSERT INTO village_quota_restoration (loan_id, request_id, effective_on) "
          "SELECT loan_id, gen_random_uuid(), effective_on FROM village_quota_cut"),
    Fault("R3", "listing without an event", "registry", "UPDATE listing SET list_name = 'blacklist'"),
    Fault("R4", "credit limit nobody was rated for", "lending",
          "UPDATE application SET credit_limit = 49999 WHERE id = (SELECT id FROM application "
          "WHERE state = 'disbursed' LIMIT 1)"),
    Fault("R5", "pack edited after it was signed", "registry",
          "UPDATE policy_pack SET content = jsonb_set(content, '{fund,multiplier,value}', '\"11\"')"),
    Fault("R5", "pack confirmed by its maker", "registry", "UPDATE policy_pack SET confirmed_by = submitted_by"),
    Fault("R5", "service keeps another pack", "subsidy",
          "UPDATE policy_pack SET content = jsonb_set(content, '{subsidy,share,value}', '\"0.9\"')"),
    # subsidy
    Fault("SB1", "line one fen off, its batch with it", "subsidy",
          "UPDATE subsidy_line SET amount = amount - 0.01 WHERE id = (SELECT id FROM subsidy_line "
          "WHERE amount > 1 LIMIT 1); "
          "UPDATE subsidy_batch b SET amount = (SELECT sum(amount) FROM subsidy_line l WHERE l.batch_id = b.id)"),
    Fault("SB1", "batch total off", "subsidy", "UPDATE subsidy_batch SET amount = amount + 0.01"),
    Fault("SB1", "line dropped", "subsidy",
          "DELETE FROM subsidy_line WHERE id = (SELECT id FROM subsidy_line WHERE amount > 0 LIMIT 1)"),
    Fault("SB2", "interest subsidised twice", "subsidy",
          "INSERT INTO subsidy_line SELECT * FROM subsidy_line WHERE id = (SELECT id FROM subsidy_line "
          "WHERE amount > 0 LIMIT 1)"),
    Fault("SB4", "reviewer is the approver", "subsidy", "UPDATE batch_decision SET decided_by = 'same'"),
    Fault("SB4", "maker reviews", "subsidy",
          "UPDATE batch_decision d SET decided_by = b.prepared_by FROM subsidy_batch b "
          "WHERE b.id = d.batch_id AND d.step = 'review'"),
    Fault("SB4", "line changed after the review", "subsidy",
          "UPDATE subsidy_line SET household_id = (SELECT household_id FROM subsidy_line ORDER BY id LIMIT 1) "
          "WHERE id = (SELECT id FROM subsidy_line WHERE household_id <> "
          "(SELECT household_id FROM subsidy_line ORDER BY id LIMIT 1) ORDER BY id LIMIT 1)"),
    Fault("SB5", "instruction one fen off", "subsidy",
          "UPDATE payment_instruction SET amount = amount + 0.01 WHERE id = "
          "(SELECT id FROM payment_instruction WHERE state = 'paid' LIMIT 1)"),
    Fault("SB5", "household paid twice", "subsidy",
          "INSERT INTO payment_instruction SELECT * FROM payment_instruction WHERE id = "
          "(SELECT id FROM payment_instruction WHERE state = 'paid' LIMIT 1)"),
    Fault("SB5", "paid to an account version that does not exist", "subsidy",
          "UPDATE payment_instruction SET account_version = 99 "
          "WHERE id = (SELECT min(id::text)::uuid FROM payment_instruction)"),
    Fault("SB6", "programme paid more than its batches", "subsidy", "UPDATE programme SET paid = paid + 0.01"),
    Fault("SB6", "budget exceeded", "subsidy", "UPDATE programme SET budget = paid + committed - 0.01"),
    # riskfund
    Fault("F1", "posting one fen off", "riskfund",
          "UPDATE posting SET amount = amount + 0.01 WHERE account = 'fund_cash'"),
    Fault("F2", "balance one fen off", "riskfund",
          "UPDATE ledger_account SET balance = balance + 0.01 WHERE code = 'fund_cash'"),
    Fault("F2", "running balance off", "riskfund",
          "UPDATE posting SET balance_after = balance_after - 0.01 WHERE account = 'fund_cash'"),
    Fault("F2", "entry without a cause", "riskfund", "DELETE FROM recovery_return"),
    Fault("F2", "movement decided and not in the ledger", "riskfund",
          "INSERT INTO fund_movement (id, fund_id, kind, amount, moved_on, bank_reference, reason, proposed_by, "
          "proposed_in_name_of, state, decided_on, decided_by, decided_in_name_of, decision_reason, entry_id) "
          "SELECT id, id, 'interest', 0.01, opened_on, 'X', 'X', 'a', 'finance_bureau', 'booked', opened_on, 'b', "
          "'finance_bureau', 'X', id FROM fund"),
    Fault("F3", "cash below zero for a while", "riskfund",
          "UPDATE posting p SET amount = -amount FROM journal_entry e WHERE e.id = p.entry_id AND e.number = "
          "(SELECT min(number) FROM journal_entry)"),
    Fault("F3", "exposure one fen off", "riskfund", "UPDATE fund SET exposure_total = exposure_total + 0.01"),
    Fault("F3", "reserved one fen off", "riskfund", "UPDATE fund SET reserved_total = reserved_total + 0.01"),
    Fault("F3", "exposure not what the loan's events leave", "lending",
          "UPDATE outbox SET data = jsonb_set(data, '{principal}', "
          "to_jsonb(((data->>'principal')::numeric + 1)::text)) WHERE event_name = 'loan-disbursed'"),
    Fault("F3", "loan on another bank's account", "riskfund", "UPDATE fund SET bank_code = 'of-nobody'"),
    Fault("F4", "reservation ended twice", "riskfund",
          "UPDATE cover_reservation SET state = 'released' WHERE id = "
          "(SELECT id FROM cover_reservation WHERE state = 'used' LIMIT 1)"),
    Fault("F4", "application reserved twice", "riskfund",
          "INSERT INTO cover_reservation SELECT * FROM cover_reservation WHERE id = "
          "(SELECT id FROM cover_reservation WHERE state = 'used' LIMIT 1)"),
    Fault("F5", "odd fen to the wrong side", "riskfund",
          "UPDATE claim SET fund_amount = fund_amount + 0.01, bank_amount = bank_amount - 0.01"),
    Fault("F5", "claim approved by its maker", "riskfund",
          "UPDATE claim_decision d SET person = c.filed_by FROM claim c WHERE c.id = d.claim_id"),
    Fault("F5", "paid by an approver", "riskfund",
          "UPDATE claim_payment p SET paid_by = d.person FROM claim_decision d WHERE d.claim_id = p.claim_id"),
    Fault("F5", "review concluded by nobody", "riskfund",
          "INSERT INTO claim_review (id, claim_id, cause, raised_on, outcome, concluded_on) "
          "SELECT gen_random_uuid(), id, 'default_cured', filed_on, 'stands', filed_on FROM claim"),
    Fault("F5", "default claimed twice", "riskfund", "INSERT INTO claim SELECT * FROM claim"),
    Fault("F5", "guarantor's part on the bank", "riskfund",
          "UPDATE claim SET guarantor_amount = guarantor_amount + 0.01, bank_amount = bank_amount - 0.01"),
    Fault("F5", "guarantor without a share", "riskfund", "UPDATE claim SET guarantor_code = 'GC'"),
    Fault("F6", "guarantor's share of a recovery on the bank", "riskfund",
          "UPDATE recovery SET guarantor_share = guarantor_share + 0.01, bank_share = bank_share - 0.01"),
    Fault("F6", "more than the loss on nobody's account", "riskfund",
          "UPDATE recovery SET beyond_loss = beyond_loss + 0.01, bank_share = bank_share - 0.01"),
    Fault("F6", "split of a recovery off", "riskfund",
          "UPDATE recovery SET fund_share = fund_share - 0.01, bank_share = bank_share + 0.01"),
    Fault("F6", "part of a recovery taken back off", "riskfund",
          "UPDATE recovery_reversal SET fund_share = fund_share - 0.01, bank_share = bank_share + 0.01"),
    Fault("F6", "less owed back than was returned", "riskfund",
          "UPDATE recovery_reversal SET fund_owes = fund_owes - 0.01"),
    Fault("F6", "less returned than due", "riskfund", "UPDATE recovery_return SET amount = amount - 0.01"),
    Fault("F7", "cover reserved before the money came", "riskfund",
          "UPDATE journal_entry SET entered_at = entered_at + interval '1 year' WHERE kind = 'contribution'"),
    # between the services
    Fault("X1a", "outbox row deleted", "lending",
          "DELETE FROM outbox WHERE position = (SELECT max(position) FROM outbox)"),
    Fault("X1a", "event never published", "registry",
          "UPDATE outbox SET published_at = NULL, stream_sequence = NULL, event_id = gen_random_uuid() "
          "WHERE position = (SELECT max(position) FROM outbox)"),
    Fault("X1a", "event refused by the relay", "riskfund",
          "UPDATE outbox SET refused_reason = 'unknown event' WHERE position = (SELECT max(position) FROM outbox)"),
    Fault("X1a", "event changed after it was published", "riskfund",
          "UPDATE outbox SET data = data || '{\"amount\": \"1.00\"}' "
          "WHERE position = (SELECT min(position) FROM outbox)"),
    Fault("X1b", "inbox row deleted", "riskfund",
          "DELETE FROM inbox WHERE ctid = (SELECT min(ctid) FROM inbox WHERE consumer = 'riskfund-lending')"),
    Fault("X1b", "event held back", "subsidy",
          "UPDATE inbox SET state = 'held' WHERE ctid = (SELECT min(ctid) FROM inbox "
          "WHERE consumer = 'subsidy-lending')"),
    Fault("X1b", "message parked", "registry",
          "INSERT INTO parked_message (consumer, stream_sequence, subject, reason, body, body_digest) "
          "VALUES ('registry-lending', 1, 'lending.x', 'unreadable', '', 'x')"),
    Fault("X1b", "event from nowhere", "lending",
          "UPDATE inbox SET event_id = gen_random_uuid() WHERE ctid = (SELECT min(ctid) FROM inbox)"),
    Fault("X2", "effect lost", "subsidy",
          "DELETE FROM household_state WHERE ctid = (SELECT min(ctid) FROM household_state)"),
    Fault("X2", "effect twice", "riskfund", "INSERT INTO loan_default SELECT * FROM loan_default"),
    Fault("X3", "compensated otherwise than paid", "lending",
          "UPDATE loan SET principal_compensated = principal_compensated - 0.01 WHERE claim_id IS NOT NULL"),
    Fault("X3", "recovery of another amount", "riskfund", "UPDATE recovery SET principal = principal - 0.01"),
    Fault("X4", "exposure moved between loans", "riskfund",
          "UPDATE covered_loan SET outstanding = outstanding + CASE WHEN loan_id = (SELECT min(loan_id::text)::uuid "
          "FROM covered_loan) THEN 0.01 ELSE -0.01 END "
          "WHERE loan_id IN (SELECT min(loan_id::text)::uuid FROM covered_loan "
          "UNION SELECT max(loan_id::text)::uuid FROM covered_loan)"),
    Fault("X5", "versions swapped", "lending",
          "UPDATE outbox SET aggregate_version = aggregate_version + 1 "
          "WHERE position = (SELECT max(position) FROM outbox)"),
    Fault("X5", "position ahead of the inbox", "riskfund", "UPDATE inbox_position SET version = version + 1"),
    Fault("X5", "two events under one version", "subsidy",
          "INSERT INTO inbox SELECT consumer, gen_random_uuid(), event_name, aggregate_id, aggregate_version, "
          "stream_sequence, state, body, attempts, failure, retry_at, received_at, applied_at FROM inbox LIMIT 1"),
    Fault("X7", "loan the stream never published so", "lending",
          f"UPDATE loan SET penalty_paid = penalty_paid + 0.01 WHERE id = {A_LOAN}"),
    Fault("X7", "money held that the stream never published", "lending",
          f"UPDATE loan SET held = 0.01 WHERE id = {A_LOAN}"),
    Fault("X7", "closed on a day that was not published", "lending", "UPDATE loan SET closed_on = closed_on - 1"),
    Fault("X8", "key without an answer", "lending", "UPDATE idempotency_key SET answer = ''"),
    Fault("X8", "key answered twice", "registry", "INSERT INTO idempotency_key SELECT * FROM idempotency_key LIMIT 1"),
    Fault("X9", "penalty counted as interest", "subsidy",
          "UPDATE interest_payment SET amount = amount + 0.01 WHERE ctid = (SELECT min(ctid) FROM interest_payment)"),
    Fault("X9", "account of another rate", "subsidy",
          "UPDATE subsidy_account SET annual_rate = annual_rate + 0.01 "
          "WHERE ctid = (SELECT min(ctid) FROM subsidy_account)"),
    Fault("X10", "money out of nowhere", "lending",
          f"UPDATE loan SET principal_repaid = principal_repaid + 0.01 WHERE id = {A_LOAN}"),
    Fault("X10", "fund lost a fen", "riskfund",
          "UPDATE ledger_account SET balance = balance - 0.01 WHERE code = 'fund_cash'"),
    Fault("X11", "registry believes in another loan", "registry",
          "UPDATE household_loan SET principal = principal + 1 WHERE ctid = (SELECT min(ctid) FROM household_loan)"),
    Fault("X11", "listed for somebody else's loan", "registry",
          "UPDATE listing SET loan_id = gen_random_uuid() WHERE ctid = (SELECT min(ctid) FROM listing)"),
    Fault("X11", "quota cut not copied", "lending", "DELETE FROM village_quota_cut"),
    Fault("X11", "quota given back that is cut", "lending",
          "INSERT INTO village_quota_restored (loan_id, village_code, effective_on) "
          "SELECT loan_id, village_code, effective_on FROM village_quota_cut"),
)  # fmt: skip


def _lose_last(streams: dict[str, Stream]) -> None:
    lending = streams["lending"]
    lending.messages.pop()
    lending.count, lending.deleted = lending.count - 1, 1


def _lose_all(streams: dict[str, Stream]) -> None:
    lending = streams["lending"]
    lending.messages.clear()
    lending.first = lending.last = lending.count = 0


def _swap_two(streams: dict[str, Stream]) -> None:
    messages = streams["lending"].messages
    first = next(place for place, message in enumerate(messages) if message.version > 1)
    before = next(
        place for place, message in enumerate(messages) if message.aggregate_id == messages[first].aggregate_id
    )
    messages[before], messages[first] = messages[first], messages[before]


def _forge(streams: dict[str, Stream]) -> None:
    messages = streams["riskfund"].messages
    messages.append(messages[-1]._replace(event_id="forged", sequence=messages[-1].sequence + 1))


def _forget(streams: dict[str, Stream]) -> None:
    streams["lending"].settings["deny_delete"] = False


def _start_late(streams: dict[str, Stream]) -> None:
    known = streams["lending"].consumers["riskfund-lending"]
    settings = {**known.settings, "deliver_policy": "new"}
    streams["lending"].consumers["riskfund-lending"] = Durable(0, 0, settings)


def _drop_consumer(streams: dict[str, Stream]) -> None:
    del streams["lending"].consumers["subsidy-lending"]


STREAM_FAULTS: tuple[tuple[str, str, Callable[[dict[str, Stream]], None]], ...] = (
    ("X6", "message deleted from the stream", _lose_last),
    ("X1a", "stream wiped", _lose_all),
    ("X5", "stream out of order", _swap_two),
    ("X1a", "forged message", _forge),
    ("X6", "stream may be deleted from", _forget),
    ("X6", "consumer that skips what is old", _start_late),
    ("X1b", "consumer gone", _drop_consumer),
)
