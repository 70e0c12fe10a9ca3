"""Entry points over HTTP: Twilio's webhooks and the pages."""
