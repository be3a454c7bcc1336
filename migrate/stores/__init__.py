"""Where parameters are kept: the Parameter Store, its limits, errors and pace, and an embedded one to try."""
