"""The lending service: applications, loans, repayments and everything that follows a loan until it is closed."""
