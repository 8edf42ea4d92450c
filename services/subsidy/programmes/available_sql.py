"""What a programme may still promise, wherever it is asked."""

from typing import Final

# Its own budget and what the year before left it, less what it passed on, promised and paid; what came back counts.
AVAILABLE: Final = "budget + carried_in + returned - carried_out - committed - paid"
