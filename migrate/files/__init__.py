"""Files, directories and git: found with care, read with bounds, replaced whole or not at all.

Whatever the system does stands here, and what POSIX alone can do behind `platform`.

Others use: `atomic_files`, `branches`, `commits`, `discovery`, `git`, `matching`, `outputs`, `platform`,
`regular_files`, `repositories`, `signals`, `toml`, `walk`, `worktrees`.
"""
