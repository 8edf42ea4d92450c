"""Another office's approval (其他部门批准) of a loan that misses a condition of borrowing, before its hand-over."""
