"""A telephone call, step by step: who calls, what they hear, how they wait, whom they get."""
