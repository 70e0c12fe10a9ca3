"""Who is on call: the rosters as they are resolved, and every change that people make to them."""
