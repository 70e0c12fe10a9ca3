"""Reports that arrive by other ways than a call: put down by hand, or sent by a customer's program."""
