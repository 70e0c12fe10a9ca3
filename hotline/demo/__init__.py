"""A small believable world, and a story told in it through the emulator."""
