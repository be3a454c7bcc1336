"""The text of a file: read into scalars with their exact spans, and changed in exactly some of them.

Two parsers read alike, libyaml and ruamel; a rewrite is proved by the second before anybody writes it.

Others use: `edits`, `equivalence`, `manifest`, `rewrite`, `segments`, `variables`.
"""
