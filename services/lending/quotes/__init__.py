"""Quotes (试算): the schedule a loan on given terms would have; nothing is stored."""
