"""One statement for everything about a household that needs no key to read; each history comes as a JSON array."""

from collections.abc import Mapping
from typing import Final

# Amounts as text, so that they stay exact on their way through JSON. Of views the latest twenty; all are in their list.
_HISTORIES: Final[Mapping[str, str]] = {
    "villages": """
SELECT village_code, valid_from, cause, recorded_by, recorded_at FROM household_village
WHERE household_id = h.id ORDER BY valid_from, id""",
    "helpers": """
SELECT a.id, a.household_id, h.number AS household_number, h.village_code, a.helper, a.helper_name, a.organisation,
       a.valid_from, a.assigned_by, a.assigned_at, a.valid_until, a.end_reason, a.ended_by, a.ended_at
FROM helper_assignment a WHERE a.household_id = h.id ORDER BY a.valid_from, a.id""",
    "family_debts": """
SELECT id, household_id, member_id, bank_code, kind, valid_from, recorded_by, recorded_at, valid_until, end_reason,
  ended_by,
       ended_at
FROM family_debt WHERE household_id = h.id ORDER BY valid_from, id""",
    "state_changes": """
SELECT state, effective_from, reason, recorded_by, recorded_at FROM household_state_change
WHERE household_id = h.id ORDER BY effective_from, id""",
    "exclusions": """
SELECT id, household_id, kind, valid_from, reason, recorded_by, recorded_at, valid_until, end_reason, ended_by, ended_at
FROM household_exclusion WHERE household_id = h.id ORDER BY valid_from, kind, id""",
    "accounts": """
SELECT household_id, version AS account_version, bank_code, encode(account_sealed, 'hex') AS account_sealed, valid,
       reason, recorded_by, recorded_at
FROM bank_account WHERE household_id = h.id ORDER BY version""",
    "surveys": """
SELECT collected_on, answers, collected_by FROM credit_survey WHERE household_id = h.id ORDER BY collected_on""",
    "help_agreements": """
SELECT b.id, b.entity_id, e.name AS entity_name, b.mode, b.agreement_number, b.amount::text AS amount, b.valid_from,
       b.valid_until
FROM entity_household b JOIN implementing_entity e ON e.id = b.entity_id
WHERE b.household_id = h.id ORDER BY b.valid_from, b.id""",
    "list_entries": """
SELECT id, list_name, cause, state, listed_on, cleared_on FROM listing
WHERE household_id = h.id ORDER BY listed_on, id""",
    "list_requests": """
SELECT id, kind, listing_id, list_name, cause, reason, evidence, filed_by, filed_on, state, decided_by, decided_on,
       decision_reason
FROM listing_request WHERE household_id = h.id ORDER BY filed_on, id""",
    "rating_objections": """
SELECT o.id, o.campaign_id, o.grounds, o.raised_on, o.recorded_by, t.outcome, t.grade_before, t.grade_after, t.reason,
       t.settled_on, t.settled_by
FROM rating_objection o LEFT JOIN rating_settlement t ON t.objection_id = o.id
WHERE o.household_id = h.id ORDER BY o.raised_on, o.id""",
    "loans": """
SELECT k.loan_id, k.bank_code, k.industry, k.principal::text AS principal, k.disbursed_on, k.overdue_from,
       k.defaulted_on, k.default_lifted_on, k.malicious, k.closed_on, k.repaid_on_time,
       (SELECT coalesce(sum(p.principal), 0.00)::text FROM household_repayment p WHERE p.loan_id = k.loan_id)
         AS principal_repaid
FROM household_loan k WHERE k.household_id = h.id ORDER BY k.disbursed_on, k.loan_id""",
    "changes": """
SELECT id, kind, state, effective_on, reason, evidence, proposed_by, proposed_at, decided_by, decided_at,
       decision_reason
FROM change_request WHERE household_id = h.id ORDER BY id""",
    "latest_views": """
SELECT id, access, viewed_by, roles, viewed_at FROM dossier_view
WHERE household_id = h.id ORDER BY id DESC LIMIT 20""",
}
_ARRAYS = ",\n".join(
    f"(SELECT coalesce(jsonb_agg(to_jsonb(x)), '[]') FROM ({query}) x) AS {name}"  # noqa: S608 - our own queries
    for name, query in _HISTORIES.items()
)
DOSSIER: Final = f"""
SELECT h.id, h.county_code, h.number AS household_number, h.village_code, h.group_name, h.version, h.poverty_state,
       h.poverty_state_from, h.registered_on, h.member_count, h.labourer_count, h.civil_capacity, h.able_to_work,
       h.credit_record, h.phone_sealed, h.residence_code, h.ended_on, h.end_reason, h.split_from_id, h.merged_into_id,
       (SELECT count(*) FROM dossier_view v WHERE v.household_id = h.id) AS view_count,
{_ARRAYS}
FROM household h WHERE h.id = $1 AND h.village_code ^@ ANY ($2::text[])
"""  # noqa: S608 - our own queries
