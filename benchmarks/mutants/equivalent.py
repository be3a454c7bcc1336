"""Explain the mutants that no test can notice, because the program does the same with them."""

from __future__ import annotations

_CHOSEN = "a figure that was chosen, not promised: a little more or less serves as well"
_CANCELLED = "the timer is cancelled when the call ends, so that nobody ever waits for its thread"
_GROUP = "every alternative is a group with a name"
_ATTEMPTS = (
    "self, target: Target, *, attempts: int={}, patience: float=_PATIENCE, tell: Callable[[str], None] | None=None"
)
# By module: the code, the mutant, and why the two can't be told apart.
_ROWS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "plan/planning": (("placing.regions[0]", "placing.regions[-1]", "several regions were refused just before"),),
    "plan/naming": (
        (
            "zip(names, places, strict=True)",
            "zip(names, places, strict=False)",
            "both are made from one sequence, so that their lengths are equal",
        ),
    ),
    "framework/reference": (
        ("text, at = ('', 0)", "text, at = ('', -1)", "a match begins at 0 wherever before that it is asked to"),
        ("found.lastgroup or 0", "found.lastgroup or 1", _GROUP),
        ("found.lastgroup or 0", "found.lastgroup or -1", _GROUP),
    ),
    "stores/parameter_store": (
        ("_CONNECT_SECONDS = 5", "_CONNECT_SECONDS = 4", _CHOSEN),
        ("_CONNECT_SECONDS = 5", "_CONNECT_SECONDS = 6", _CHOSEN),
        ("_READ_SECONDS = 20", "_READ_SECONDS = 19", _CHOSEN),
        ("_READ_SECONDS = 20", "_READ_SECONDS = 21", _CHOSEN),
        ("_PATIENCE = 120.0", "_PATIENCE = 119.0", _CHOSEN),
        ("_PATIENCE = 120.0", "_PATIENCE = 121.0", _CHOSEN),
        (_ATTEMPTS.format(10), _ATTEMPTS.format(9), _CHOSEN),
        (_ATTEMPTS.format(10), _ATTEMPTS.format(11), _CHOSEN),
        ("_LONG_SECONDS = 8.0", "_LONG_SECONDS = 7.0", _CHOSEN),
        ("_LONG_SECONDS = 8.0", "_LONG_SECONDS = 9.0", _CHOSEN),
        ("_LONGEST_PAUSE = 8.0", "_LONGEST_PAUSE = 7.0", _CHOSEN),
        ("told[0] not in ('', known.account)", "told[-1] not in ('', known.account)", "a list of one"),
        ("told.daemon = True", "pass", _CANCELLED),
        ("told.daemon = True", "told.daemon = False", _CANCELLED),
        ("time.monotonic() + pause > deadline", "time.monotonic() + pause >= deadline", _CHOSEN),
    ),
    "migration/apply": (
        ("return False", "return None", "only whether it is true is asked"),
        ("unreadable[some[0]]", "unreadable[some[-1]]", "only a single name comes to here"),
    ),
}
EQUIVALENT = {(module, before, after): why for module, rows in _ROWS.items() for before, after, why in rows}
