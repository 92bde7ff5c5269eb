"""Parts of the questions about the needs desk."""
