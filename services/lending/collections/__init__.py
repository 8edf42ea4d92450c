"""Pressing for repayment of overdue loans, and plans that the household agrees to (DZ-5c)."""
