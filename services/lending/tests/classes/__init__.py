"""Tests of the classification of loans."""
