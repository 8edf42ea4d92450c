"""Subsidy accounts (贴息台账): one for each loan, with the interest really paid and the household's states."""
