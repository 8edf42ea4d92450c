"""Subsidy batches (贴息批次): prepared, reviewed, approved by three different people."""
