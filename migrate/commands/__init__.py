"""The commands: one module for each, and the command line that leads to them.

No other room imports from here, only the start of the program and tests.

Others use: `cli`.
"""
