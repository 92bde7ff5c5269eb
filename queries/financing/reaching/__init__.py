"""financingReach on columns: from where money may come to every firm that it can reach, never walk by walk."""
