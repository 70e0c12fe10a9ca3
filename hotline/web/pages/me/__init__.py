"""An engineer's own pages: am I on call, what is open for me, my shifts, and cover for them."""
