"""Tests of pressing for repayment and of repayment plans."""
