"""Use cases. A session and ``now`` come in; nothing here knows Flask or Twilio, and nothing commits."""
