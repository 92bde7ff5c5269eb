"""Answers as files: the rows of any question as CSV, Excel or Parquet with a manifest, and pictures of some."""
