"""Yearly subsidy programmes (贴息项目): money that may be promised, and how far it has gone."""
