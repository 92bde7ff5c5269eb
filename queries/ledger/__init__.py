"""The ledger of one asset: who had which right to it when, what that left free, and where rights contradict each other."""
