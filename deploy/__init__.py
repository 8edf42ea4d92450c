"""Everything that turns a clone into a running platform: embedded servers, databases, keys, processes, images.

`deploy.platform.Platform` is the Python door (demo and tests), `python -m deploy` the one for people.
`deploy.prepare` alone runs inside container images, so it imports only what requirements.lock holds.
"""
