"""Files, directories and git: search with care, bounded reads, whole writes.

Everything that asks the operating system is in this room, and what POSIX alone can do is behind `platform`.

Others use: `atomic_files`, `branches`, `commits`, `discovery`, `filters`, `git`, `git_state`, `matching`, `outputs`,
`own_repository`, `ownership`, `platform`, `regular_files`, `repositories`, `signals`, `toml`, `users_git`, `walk`,
`worktrees`.
"""
