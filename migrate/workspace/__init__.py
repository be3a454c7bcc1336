"""What a run works on: options and settings, the files that they lead to, and the findings in them.

Others use `options`, `settings`, `loading`, `selection` and `masked`.
"""
