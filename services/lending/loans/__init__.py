"""Loans (贷款): the room that keeps a loan from disbursement to its last repayment.

The rules of interest live here as pure functions over dates, `Decimal` money and exact fractions:
`day_count`, `due_dates`, `schedule`, `prepayment`, `penalty`, `allocation`. They import only the standard library,
read no clock and round once per period. Their refusals subclass `day_count.RuleRefused` and carry a stable `code`.
"""
