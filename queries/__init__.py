"""The questions, one module each: pure functions from a view to a frozen result."""
