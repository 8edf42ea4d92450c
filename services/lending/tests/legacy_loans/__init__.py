"""Tests of loans from before the platform."""
