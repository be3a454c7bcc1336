"""The plan of a run: parameter names, what may be moved, decisions, and the changes that they make.

The plan that a dry run shows is the one that a run carries out.

Others use: `decisions`, `eligibility`, `name_fields`, `naming`, `planning`, `questions`.
"""
