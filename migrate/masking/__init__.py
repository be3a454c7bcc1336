"""Text with its secrets masked: the only form in which a file is ever shown."""
