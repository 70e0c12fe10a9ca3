"""The port through which e-mails and posts to webhooks leave, and its adapters."""
