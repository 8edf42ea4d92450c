"""Tests of lenders and branches."""
