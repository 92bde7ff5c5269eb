"""Tables of files, as rows of kinds: in the templates' columns, or under a declared mapping."""
