"""Applications (贷款申请): from filing through public notice, approval and joint review to the hand-over to the bank."""
