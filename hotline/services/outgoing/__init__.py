"""Everything that leaves the house: a row first, sent outside any transaction, followed until settled."""
