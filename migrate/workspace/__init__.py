"""The workspace of a run: options and settings, the files that they lead to, and the findings in them.

Many files are shared out to processes here; everything after is about what was read.

Others use: `loading`, `masked`, `options`, `process_pool`, `selection`, `settings`.
"""
