"""Differences (差额): what lines gave too much or too little by the facts known now, and claw-backs of it."""
