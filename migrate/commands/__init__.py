"""The commands: `cli` is the way in, with the one error boundary; each command has a module of its name.

`proposal` is what a dry run and a run have in common. Nobody else uses this room.
"""
