"""Style sheets and scripts: :mod:`hotline.web.pages.assets`."""

import gzip
import re

import pytest

LIGHTEST = 150 * 1024


def assets_of(page):
    """The addresses of everything that a page loads."""
    return sorted(set(re.findall(r'(?:src|href)="(/(?:assets|static)[^"]+|/[^"]*bootstrap[^"]+)"', page)))


@pytest.mark.parametrize("path", ["/", "/wall", "/on-call", "/rosters"])
def test_a_page_with_all_it_loads_is_light(ada, world, path):
    for _ in range(20):
        world.report()
    page = ada.get(path)
    weight = len(page.data)
    loaded = assets_of(page.text)
    assert len(loaded) >= 4
    for address in loaded:
        with ada.get(address.replace("&amp;", "&"), headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.status_code == 200
            weight += len(answer.data)
    assert weight < LIGHTEST, f"{path} weighs {weight} bytes"


def test_everything_loaded_is_named_by_its_content_and_kept_for_good(ada):
    for address in assets_of(ada.get("/").text):
        assert re.search(r"\?v=[0-9a-f]{12}$", address), address
        with ada.get(address) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_what_is_compressed_is_the_same(stranger):
    with stranger.get("/assets/hotline.css") as plain:
        text = plain.data
    assert "Content-Encoding" not in plain.headers
    packed = stranger.get("/assets/hotline.css", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == text
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(text) / 2


def test_whoever_refuses_compression_gets_none(stranger):
    with stranger.get("/assets/live.js", headers={"Accept-Encoding": "gzip;q=0"}) as answer:
        assert "Content-Encoding" not in answer.headers


def test_a_browser_that_has_it_is_told_so(stranger):
    with stranger.get("/assets/live.js", headers={"Accept-Encoding": "gzip"}) as first:
        tag = first.headers["ETag"]
    headers = {"Accept-Encoding": "gzip", "If-None-Match": tag}
    with stranger.get("/assets/live.js", headers=headers) as second:
        assert second.status_code == 304
        assert second.data == b""


@pytest.mark.parametrize("name", ["no-such.css", "../pages/live.py", "%2e%2e/pages/live.py"])
def test_there_is_nothing_else_to_have(stranger, name):
    answer = stranger.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
