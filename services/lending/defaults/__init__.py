"""Defaults (违约): the bank's report, the service centre's confirmation, compensation and recoveries."""
