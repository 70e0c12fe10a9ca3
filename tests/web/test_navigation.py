"""Where one can go: :mod:`hotline.web.pages.navigation`."""

import re


def places_of(browser, path="/"):
    header = browser.get(path).text.split("<header")[1].split("</header>")[0]
    return re.findall(r'class="site-link" href="([^"]+)"', header)


def test_only_what_the_role_may_see_is_offered(ada, cy, otto):
    assert "/ledger" not in places_of(ada)
    assert "/ledger" in places_of(cy)
    assert "/ledger" in places_of(otto)


def test_every_place_is_there(nadia):
    places = places_of(nadia)
    assert len(places) >= 4
    for place in places:
        assert nadia.get(place).status_code == 200, place


def test_the_present_page_is_marked(ada):
    for path in ("/", "/on-call"):
        header = ada.get(path).text.split("<header")[1].split("</header>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', header) == [path]


def test_a_stranger_is_offered_nothing(stranger):
    page = stranger.get("/sign-in").text
    assert "<nav" not in page
    assert "Sign out" not in page
