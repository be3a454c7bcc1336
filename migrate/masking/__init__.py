"""Text with its secrets masked: the only form in which a file is ever shown.

Copies of a secret in comments, URL-encoded or in base64, are masked with it.

Others use: `comment_copies`, `masked_text`, `name_mask`, `occurrences`, `text_as_read`, `unified_diff`.
"""
