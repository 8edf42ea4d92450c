"""Repayments (还款): recording what came back, one by one and by the bank's file, with one and the same SQL."""
