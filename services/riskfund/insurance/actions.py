"""Record insurance policies on loans."""

import asyncpg

from services.riskfund.access import scope_of
from services.riskfund.claims.refusals import LoanUnknown
from services.riskfund.insurance.refusals import PolicyOnFile, ProductNotInUse
from services.riskfund.insurance.schemas import InsurancePolicyIn, InsurancePolicyOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.policy.copies import pack_of_version

_LOAN = "SELECT village_code, bank_code, county_code, pack_version FROM covered_loan WHERE loan_id = $1"
_RECORD = """
INSERT INTO insurance_policy
  (id, loan_id, insurer_code, kind, policy_number, sum_insured, valid_from, valid_until, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def record_policy(conn: Connection, officer: Principal, body: InsurancePolicyIn) -> InsurancePolicyOut:
    """Record a policy on one of the bank's loans (LG-41).

    Raises:
        LoanUnknown: no such loan of this bank.
        ProductNotInUse: the county's pack does not name the product.
        PolicyOnFile: it was recorded before.
    """
    loan = await conn.fetchrow(_LOAN, body.loan_id)
    if loan is None or not scope_of(officer, Right.CLAIMS_FILE).sees(loan["village_code"], loan["bank_code"]):
        raise LoanUnknown(body.loan_id)
    rule = (await pack_of_version(conn, loan["village_code"], loan["pack_version"])).insurance_rule
    products = [product.code for product in rule.products] if rule else []
    if body.kind not in products:
        raise ProductNotInUse(body.kind, products)
    policy = InsurancePolicyOut(id=new_id(), recorded_by=officer.subject, **body.model_dump())
    try:
        async with conn.transaction():
            await conn.execute(
                _RECORD,
                policy.id,
                policy.loan_id,
                policy.insurer_code,
                policy.kind,
                policy.policy_number,
                policy.sum_insured,
                policy.valid_from,
                policy.valid_until,
                policy.recorded_by,
            )
    except asyncpg.UniqueViolationError:
        raise PolicyOnFile(policy.policy_number) from None
    return policy
