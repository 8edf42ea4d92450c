"""What the bus counts; labels are services and consumers, never people or loans."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_LAG_SECONDS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600)

CONNECTED = Gauge("bus_connected", "1 while the connection to NATS is up", ["service"])
CLIENT_ERRORS = Counter("bus_client_errors_total", "Errors the NATS client reported", ["service"])

RELAY_LEADING = Gauge("relay_leading", "1 in the replica whose relay publishes", ["service"])
RELAY_BACKLOG = Gauge("relay_backlog_events", "Committed events not yet published (counted up to a limit)", ["service"])
RELAY_OLDEST = Gauge("relay_oldest_seconds", "Age of the oldest unpublished event", ["service"])
RELAY_REFUSED = Gauge("relay_refused_events", "Events the relay cannot publish; their aggregates wait", ["service"])
RELAY_PUBLISHED = Counter("relay_published_total", "Events published and acknowledged", ["service"])
RELAY_FAILED = Counter("relay_failed_total", "Publications without acknowledgement; they are tried again", ["service"])

APPLIED = Counter("consumer_applied_total", "Events applied", ["consumer"])
DUPLICATES = Counter("consumer_duplicates_total", "Events received again and ignored", ["consumer"])
HELD = Counter("consumer_held_total", "Events that came before their predecessor and were held", ["consumer"])
FAILED = Counter("consumer_failed_total", "Attempts to apply an event that failed and are tried again", ["consumer"])
PARKED = Counter("consumer_parked_total", "Messages parked for a person to look at", ["consumer"])
PENDING = Gauge("consumer_pending_messages", "Messages in the stream not yet delivered to the consumer", ["consumer"])
WAITING = Gauge("consumer_waiting_events", "Events in the inbox that are held or retried", ["consumer"])
WAITING_OLDEST = Gauge("consumer_waiting_oldest_seconds", "Age of the longest waiting event", ["consumer"])
PARKED_OPEN = Gauge("consumer_parked_open_messages", "Parked messages nobody has replayed yet", ["consumer"])
LAG = Histogram("consumer_lag_seconds", "Seconds from the event to its effect", ["consumer"], buckets=_LAG_SECONDS)
