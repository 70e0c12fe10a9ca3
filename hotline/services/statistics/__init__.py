"""The numbers behind the charts. Nothing here writes; the database counts and adds up.

Every function takes a :class:`hotline.services.statistics.frames.Frame`, which says of which incidents.
A page, its pictures and its files are made from what the same function found.
"""
