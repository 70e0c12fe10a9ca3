"""The proof: random histories through the real service, against the independent oracle of the tests."""
