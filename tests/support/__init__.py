"""What the tests share: databases of both kinds and a guard against the outside network."""
