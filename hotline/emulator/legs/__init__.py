"""Legs: the life of each call, told as stories for the kernel."""
