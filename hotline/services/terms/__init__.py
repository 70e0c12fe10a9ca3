"""What a contract promises, in versions: reading what was typed, agreeing on it, showing what it costs."""
