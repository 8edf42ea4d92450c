"""Tests of applications, quotes and kept policies."""
