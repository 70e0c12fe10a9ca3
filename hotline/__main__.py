"""``python -m hotline`` is the same as ``hotline``."""

from hotline.cli import main

main()
