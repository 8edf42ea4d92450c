"""Claw-backs (追回): a wrong subsidy is taken off the household's next one."""
