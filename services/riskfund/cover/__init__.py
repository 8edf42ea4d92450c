"""Cover (担保额度): reservations for applications, the exposure of loans, and the limit on both."""
