"""Explain the mutants that no test can notice, because the program does the same with them."""

from __future__ import annotations

Row = tuple[str, str, str]
_CHOSEN = "a figure that was chosen, not promised: a little more or less serves as well"
_CANCELLED = "the timer is cancelled when the call ends, so that nobody ever waits for its thread"
_GROUP = "every alternative is a group with a name"
_EQUAL_LENGTHS = "both are made from one sequence, so that their lengths are equal"


def _figure(name: str, value: float) -> tuple[Row, Row]:
    """Explain that a chosen figure may be one more or one less."""
    before = f"{name} = {value}"
    return (before, f"{name} = {value - 1}", _CHOSEN), (before, f"{name} = {value + 1}", _CHOSEN)


# By module: the code, the mutant, and why the two can't be told apart.
_ROWS: dict[str, tuple[Row, ...]] = {
    "plan/planning": (
        ("placing.regions[0]", "placing.regions[-1]", "several regions were refused just before"),
        ("zip(questions, decisions, strict=True)", "zip(questions, decisions, strict=False)", _EQUAL_LENGTHS),
    ),
    "plan/naming": (("zip(names, places, strict=True)", "zip(names, places, strict=False)", _EQUAL_LENGTHS),),
    "framework/reference": (
        ("text, at = ('', 0)", "text, at = ('', -1)", "a match begins at 0 wherever before that it is asked to"),
        ("found.lastgroup or 0", "found.lastgroup or 1", _GROUP),
        ("found.lastgroup or 0", "found.lastgroup or -1", _GROUP),
    ),
    "stores/ssm": (*_figure("_PATIENCE", 120.0), *_figure("_ATTEMPTS", 10)),
    "stores/aws_calls": (
        *_figure("_SLOW_SECONDS", 8.0),
        *_figure("_LONGEST_PAUSE", 8.0),
        ("timer.daemon = True", "pass", _CANCELLED),
        ("timer.daemon = True", "timer.daemon = False", _CANCELLED),
        ("time.monotonic() + pause > deadline", "time.monotonic() + pause >= deadline", _CHOSEN),
    ),
    "migration/apply": (("return False", "return None", "only whether it is true is asked"),),
}
EQUIVALENT = {(module, before, after): why for module, rows in _ROWS.items() for before, after, why in rows}
