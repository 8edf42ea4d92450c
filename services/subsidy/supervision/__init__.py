"""Supervision of projects (项目监管): findings with their follow-up, money taken back, projects moved, performance."""
