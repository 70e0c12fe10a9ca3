"""What programs ask: JSON for whoever shows a token, calendars for whoever knows the address. No cookies."""

from hotline.web.api.routes import create_blueprint

__all__ = ["create_blueprint"]
