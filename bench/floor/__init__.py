"""The floor: the least that answers the same webhooks and leaves the same rows behind.

No framework, no mapper, no builder: a WSGI callable, an HMAC, the bare driver and strings. It reads
what the answer depends on once, by joins, and writes each row once. It makes no mistakes gracefully.
"""
