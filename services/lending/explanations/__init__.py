"""Explanations (告知): that a household was given the reason of its refusal, by whom, when, in which words."""
