"""What a run would do: parameter names, what may be moved, decisions, and the changes that they make."""
