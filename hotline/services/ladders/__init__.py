"""Ladders as managers keep them: rungs, rounds and fallbacks, which incident takes which, and the dry run.

How a ladder is climbed is :mod:`routing`'s to say and :mod:`hotline.services.response.dispatch`'s to do;
whom its targets mean, :mod:`hotline.services.on_call.targets`'.
"""
