"""Claims (代偿申请): filing, the committee, payment."""
