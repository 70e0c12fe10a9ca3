"""Statements of service credits: drawn up from the ledger, numbered, sent, and never changed."""
