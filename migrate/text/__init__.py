"""The text of a file: read into scalars with their exact spans, and changed in exactly some of them."""
