"""What a person reads and answers at a terminal: lines are made by pure functions, and printed by `Console`.

Others use `console`, `prompts`, `progress`, and the modules of screens.
"""
