"""Faults to plant: where, what, and the check that must see it. Each is one thing that went wrong, and nothing else."""

from collections.abc import Callable

from tests.reconcile.lending_faults import LENDING_FAULTS
from tests.reconcile.planted import A_LOAN, Fault
from tools.reconcile.streams import Durable, Stream

DATABASE_FAULTS = (
    *LENDING_FAULTS,
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
    Fault("SB1", "derived from another rate", "subsidy",
          "UPDATE subsidy_line SET rate_kept = rate_kept / 2 WHERE id = (SELECT id FROM subsidy_line "
          "WHERE amount > 0 AND covered > 0 ORDER BY id LIMIT 1)"),
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
    Fault("SB5", "left unpaid without a reason", "subsidy",
          "UPDATE subsidy_batch SET amount_paid = amount_paid - 0.01, amount_reduced = amount_reduced + 0.01 "
          "WHERE state = 'settled' AND amount_paid > 0"),
    Fault("SB5", "came back without a notice", "subsidy",
          "UPDATE payment_instruction SET state = 'returned' WHERE id = "
          "(SELECT id FROM payment_instruction WHERE state = 'paid' LIMIT 1)"),
    Fault("SB5", "paid to an account version that does not exist", "subsidy",
          "UPDATE payment_instruction SET account_version = 99 "
          "WHERE id = (SELECT min(id::text)::uuid FROM payment_instruction)"),
    Fault("SB5", "paid to somebody who stands for nobody", "subsidy",
          "UPDATE payment_instruction SET payee_id = id "
          "WHERE id = (SELECT min(id::text)::uuid FROM payment_instruction)"),
    Fault("SB6", "programme paid more than its batches", "subsidy", "UPDATE programme SET paid = paid + 0.01"),
    Fault("SB6", "budget exceeded", "subsidy", "UPDATE programme SET budget = paid + committed - 0.01"),
    Fault("SB6", "money that never came back", "subsidy", "UPDATE programme SET returned = returned + 0.01"),
    Fault("SB6", "money held that never came back", "subsidy", "UPDATE clawback SET held_amount = held_amount + 0.01"),
    Fault("SB6", "withdrawn by nobody", "subsidy", "UPDATE clawback SET withdrawn_amount = withdrawn_amount + 0.01"),
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
