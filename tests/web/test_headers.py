"""Headers of pages: :mod:`hotline.web.pages.headers`."""

import re

import pytest

PAGES = ["/", "/ledger", "/on-call", "/sign-in", "/nothing-here", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_what_it_does_not_need(ada, path):
    headers = ada.get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_no_page_carries_script_or_style_inside(ada, world):
    reference = world.report()
    for path in [*PAGES[:3], f"/incidents/{reference}"]:
        page = ada.get(path).text
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page), path


def test_pictures_styles_and_scripts_may_be_kept(stranger):
    for name in ("hotline.css", "live.js", "theme.js", "icon.svg"):
        with stranger.get(f"/assets/{name}") as answer:
            assert answer.status_code == 200
            assert "max-age" in answer.headers["Cache-Control"]


def test_nothing_is_fetched_from_elsewhere(ada):
    assert "http" not in re.sub(r"http-equiv", "", ada.get("/").text)
