"""The demonstration: it goes as it says, at any speed, and its console does what it is told."""
