"""Applications (贷款申请): from filing through public notice and approval to the hand-over to the bank."""
