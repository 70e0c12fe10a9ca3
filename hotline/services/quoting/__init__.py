"""What a year of premier support costs: rate cards that an admin enters, and quotes from them."""
