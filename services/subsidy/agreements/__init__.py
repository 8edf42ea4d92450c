"""Benefit agreements (利益联结协议): who joins which business with what money, for how long, and what is promised."""
