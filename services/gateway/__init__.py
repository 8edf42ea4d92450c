"""Gateway: people, API clients and their grants; the one entry through which every request is routed.

Owns accounts (账号), grants (角色授权), refresh tokens and the log of sign-ins. It checks role and right
from the same table the services check again (`shared.access`), and mints the short-lived internal token they accept.
It stores which official codes became which, so that grants follow their regions when codes change.
Events in: region-changed (registry).
"""
