"""Rate cards, and quotes from them."""
