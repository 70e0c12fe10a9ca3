"""Twilio's REST API 2010-04-01, the part that a telephone service needs."""
