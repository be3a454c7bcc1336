"""Results and questions for a person at a terminal."""
