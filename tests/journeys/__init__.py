"""Whole stories, spoken through the emulator over real HTTP; anything unexpected fails them."""
