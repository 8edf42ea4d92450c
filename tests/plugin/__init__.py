"""The pytest plugin of this project.

`ground` runs one PostgreSQL for all processes of a run, `databases` gives every test fresh databases, `services`
starts services in this process, `order` says which tests share a process, `steadiness` makes a run repeatable.
"""
