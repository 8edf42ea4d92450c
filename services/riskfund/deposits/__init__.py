"""The recommender's risk deposit (推荐人风险保证金)."""
