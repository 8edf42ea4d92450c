"""News of borrowers (借款人情况反馈): what a village committee saw, and what the bank did about it (JN-5)."""
