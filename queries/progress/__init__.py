"""The parts of the question how far a target has come: periods, units, series, contracts, verdicts."""
