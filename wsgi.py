"""What a WSGI server loads: ``wsgi:app``."""

from hotline.app import create_app

app = create_app()
