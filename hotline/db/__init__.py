"""The database: one base, one way to open a transaction, and the models."""
