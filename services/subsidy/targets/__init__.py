"""Targets (绩效目标): what a programme is to reach, how far it is, and the figures that offices enter for it."""
