"""Disbursements that never stood (放款冲正): wrong, on the wrong borrower, or the money came back unused."""
