"""Who is on call at any instant, and whom a ladder rings: rotations in versions, and what resolves them."""
