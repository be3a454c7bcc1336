"""The one way of a repository: survey, decide, resolve conflicts, execute; many repositories are that many times."""
