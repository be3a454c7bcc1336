"""One module for each command, and the command line that leads to them.

Nobody else imports from here but the start of the program and tests.

Others use: `cli`.
"""
