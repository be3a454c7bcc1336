"""How fast puts may follow one another: one pace for each account and region, slower where the store says so."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from migrate.model import Identity

DEFAULT_RATE = 3.0  # PutParameter's default quota: transactions a second, for each account and region
_SLOWER = 0.7
_FASTER = 0.02
_SLOWEST = 0.1


class RateLimit:
    """Puts of many threads, one after the other at `rate` a second.

    A throttle lowers the rate at once, and each put that goes through raises it a little, never over
    the rate that was given. Once `stop` is set, who waits gets KeyboardInterrupt in place of a turn.
    """

    def __init__(self, rate: float, stop: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = rate
        self._rate = rate
        self._stop = stop
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._slowed = 0.0

    @property
    def rate(self) -> float:
        """Puts a second, as they are sent now."""
        return self._rate

    def wait(self) -> None:
        """Returns when it is this put's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + 1 / self._rate
        if self._stop.wait(turn - now):
            raise KeyboardInterrupt

    def on_response(self, *, throttled: bool) -> None:
        """Adapts to what the store said; the throttles of one second count as one."""
        with self._lock:
            if not throttled:
                self._rate = min(self._most, self._rate + self._most * _FASTER)
                return
            now = self._clock()
            if now - self._slowed >= 1:
                self._slowed = now
                self._rate = max(min(_SLOWEST, self._most), self._rate * _SLOWER)


class RateLimits:
    """The pace of every account and region of a run."""

    def __init__(self, rate: float, stop: threading.Event) -> None:
        self._rate = rate
        self._stop = stop
        self._lock = threading.Lock()
        self._rate_limits: dict[tuple[str, str], RateLimit] = {}

    def of(self, identity: Identity) -> RateLimit:
        """The one pace of an account and region."""
        with self._lock:
            return self._rate_limits.setdefault((identity.account, identity.region), RateLimit(self._rate, self._stop))
