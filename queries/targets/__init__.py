"""Which enterprises a fund may invest in, or a cell of demand holds: verdicts, merits, tickets, conflicts."""
