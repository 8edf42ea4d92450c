"""Which clauses of the counties' documents are proven by tests, set by packs, or open (`make clauses`).

`recorder` is a pytest plugin that notes which marked test passed, `catalogue` reads policy/clauses.yaml, `status`
puts both together with the packs' values, `document` prints the table and writes docs/clauses.json.
"""
