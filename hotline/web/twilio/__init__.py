"""Twilio's webhooks: check the signature, parse, open the transaction, call one service, render TwiML."""

from hotline.web.twilio.blueprint import create_blueprint

__all__ = ["create_blueprint"]
