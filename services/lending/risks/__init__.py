"""Loans at risk and why (贷款风险监测与识别): found from what lending and registry know, on any day (LG-49)."""
