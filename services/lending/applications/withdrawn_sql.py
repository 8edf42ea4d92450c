"""How an application $1 is taken back on a day $2: what another room runs on this one's table."""

from typing import Final

WITHDRAWN: Final = """
UPDATE application SET state = 'withdrawn', state_from = $2, notice_id = NULL, public_notice_ends_on = NULL,
  version = version + 1 WHERE id = $1 RETURNING version
"""
