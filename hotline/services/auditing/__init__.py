"""The auditor: works out again, from events alone, what every clock and every entry has to be."""
