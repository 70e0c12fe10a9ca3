"""What contracts promise: their terms in versions."""
