"""Where nobody would answer: holes in the rosters, ladders that reach nobody, who carries how much."""
