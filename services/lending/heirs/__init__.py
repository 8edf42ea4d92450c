"""Heirs of a borrower who died: who services the loan, and up to which amount (继承人, Civil Code, Article 1161)."""
