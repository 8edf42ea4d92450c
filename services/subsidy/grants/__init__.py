"""Direct grants (直接补助): after acceptance straight to the household's account, by standard, cap and agreement."""
