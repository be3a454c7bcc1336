"""Files, directories and git: found with care, read with bounds, replaced whole or not at all."""
