"""Rate limits of puts: one for each account and region, lower where the store throttles."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from migrate.model import Identity

DEFAULT_RATE = 3.0  # PutParameter's default quota: transactions a second, for each account and region
_SLOWER = 0.7
_FASTER = 0.02
_SLOWEST = 0.1
_ONE_THROTTLE_SECONDS = 1


class RateLimit:
    """Let puts of many threads through one after the other, at `rate` a second.

    A throttle lowers the rate at once, and each put that goes through raises it a little, never over
    the rate that was given. Once `stop` is set, who waits gets KeyboardInterrupt in place of a turn.
    """

    def __init__(self, rate: float, stop: threading.Event, clock: Callable[[], float] = time.monotonic) -> None:
        self._highest = rate
        self._rate = rate
        self._stop = stop
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._slowed = 0.0

    @property
    def rate(self) -> float:
        """Return how many puts a second are sent now."""
        return self._rate

    def wait(self) -> None:
        """Return when it is this put's turn. Raises KeyboardInterrupt."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + 1 / self._rate
        if self._stop.wait(turn - now):
            raise KeyboardInterrupt

    def on_response(self, *, throttled: bool) -> None:
        """Adapt to the store's response to a put.

        The throttles of one second count as one.
        """
        with self._lock:
            if not throttled:
                self._rate = min(self._highest, self._rate + self._highest * _FASTER)
                return
            now = self._clock()
            if now - self._slowed >= _ONE_THROTTLE_SECONDS:
                self._slowed = now
                self._rate = max(min(_SLOWEST, self._highest), self._rate * _SLOWER)


class RateLimits:
    """The rate limit of every account and region of a run."""

    def __init__(self, rate: float, stop: threading.Event) -> None:
        self._rate = rate
        self._stop = stop
        self._lock = threading.Lock()
        self._limits: dict[tuple[str, str], RateLimit] = {}

    def of(self, identity: Identity) -> RateLimit:
        """Return the one rate limit of an account and region."""
        with self._lock:
            return self._limits.setdefault((identity.account, identity.region), RateLimit(self._rate, self._stop))
