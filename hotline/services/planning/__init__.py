"""Changes of the rosters: planned, compared, refused, carried out, told; overrides and cover among them."""
