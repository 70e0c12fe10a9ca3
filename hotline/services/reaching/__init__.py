"""How somebody of the house is reached: numbers shown to be theirs, and the rules of their pages."""
