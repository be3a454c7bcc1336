"""Files, directories and git: found with care, read with bounds, replaced whole or not at all.

Others use `discovery` and `repositories` (what there is), `regular_files` and `toml` (reading), `atomic_files` and
`outputs` (writing), `git`, `commits`, `branches` and `worktrees`, and `signals`. `platform` is what differs by system.
"""
