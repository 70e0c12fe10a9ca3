"""The ledger: every amount that is owed to a customer or taken back, in entries that nobody can change."""
