"""One module for each command, and the command line that leads to them."""
