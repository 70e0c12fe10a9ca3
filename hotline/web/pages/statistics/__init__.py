"""Reports: figures that people look at, each with its sentence, its table and its file."""

from hotline.web.pages.statistics.views import add_routes

__all__ = ["add_routes"]
