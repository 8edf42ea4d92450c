"""Tests of the demonstration's input and its report."""
