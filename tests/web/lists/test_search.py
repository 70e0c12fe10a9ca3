"""Search: :mod:`hotline.web.pages.lists.search` and :mod:`hotline.services.lists.search`."""

import re

import pytest

from hotline.services.lists.matching import phone_in, reference_in, references_in
from hotline.services.response.references import is_valid, misheard_as


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def groups(answer):
    return re.findall(r'<h2 id="(\w+)">', answer.text)


@pytest.mark.parametrize("written", ["{0}-{1}", "{0}{1}", "{0} {1}", "  {0}-{1} "])
def test_a_reference_leads_straight_to_its_incident(ada, world, written):
    reference = world.report()
    answer = ada.get("/search", query_string={"q": written.format(*reference.split("-"))})
    assert (answer.status_code, answer.location) == (302, f"/incidents/{reference}")


def test_a_reference_without_its_check_digit_is_found(ada, world):
    reference = world.report()
    page = ada.get("/search", query_string={"q": reference.split("-")[0]})
    assert groups(page) == ["incidents"]
    assert f'href="/incidents/{reference}"' in page.text
    assert "cannot be right" not in page.text


def test_the_lists_find_a_reference_without_its_check_digit(cy, world):
    reference, other = world.report(), world.report()
    for address in ("/incidents", "/calls"):
        page = cy.get(address, query_string={"q": reference.split("-")[0]})
        assert f'href="/incidents/{reference}"' in page.text
        assert f'href="/incidents/{other}"' not in page.text


def test_a_reference_that_was_misheard_is_corrected(ada, world):
    reference = world.report()
    wrong = reference[0] + str((int(reference[1]) + 1) % 10) + reference[2:]
    page = ada.get(f"/search?q={wrong}")
    assert f"{wrong} cannot be right" in page.text
    assert f'href="/incidents/{reference}"' in page.text


def test_every_suggestion_is_valid_and_the_truth_is_among_them():
    found = misheard_as("4281-7")
    assert all(is_valid(reference) for reference in found)
    assert ("4821-7" in found) == is_valid("4821-7")
    assert misheard_as("4281-7") == sorted(set(found))


def test_the_number_of_a_contract_is_not_taken_for_a_reference(cy, world):
    page = cy.get("/search?q=100000")
    assert page.status_code == 200
    assert groups(page) == ["customers"]
    assert "Contoso" in page.text


def test_a_customer_is_found_by_any_part_of_the_name(cy, world):
    world.report("Contoso")
    for words in ("CONT", "ntos", "contoso"):
        assert groups(cy.get(f"/search?q={words}")) == ["incidents", "customers"]


def test_an_engineer_finds_incidents_and_colleagues_but_no_customers(ada, world):
    world.report("Contoso")
    assert groups(ada.get("/search?q=contoso")) == ["incidents"]
    assert groups(ada.get("/search?q=diddley")) == ["people"]


@pytest.mark.parametrize("typed", ["+62 811-111-1110", "0062 811 111 1110", "0811 111 1110", "1110"])
def test_a_phone_number_is_found_in_any_writing(cy, world, typed):
    world.report("Contoso", caller="+628111111110")
    page = cy.get("/search", query_string={"q": typed})
    assert groups(page) == ["incidents", "customers"]
    assert "8111111110" not in page.text.replace(typed, "")


def test_at_most_ten_of_a_kind_and_a_way_to_the_others(cy, world):
    for _ in range(11):
        world.report("Contoso")
    page = cy.get("/search?q=contoso")
    assert page.text.count('<a class="reference"') == 10
    assert 'href="/incidents?q=contoso">All that match' in page.text


def test_nothing_found_and_nothing_asked_say_what_to_do(ada):
    assert "Nothing was found" in ada.get("/search?q=zebra").text
    assert "What can be found" in ada.get("/search").text
    assert "What can be found" in ada.get("/search?q=%20").text


@pytest.mark.parametrize("junk", ["x" * 201, "a%0Ab", "%E2%80%8B"])
def test_junk_is_refused_in_words(ada, junk):
    answer = ada.get(f"/search?q={junk}")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


@pytest.mark.parametrize("typed", ["%25", "_", "%5C", "'", "<script>", "((((", "+", "-", "٤٨٢١٧", "9" * 200])
def test_no_sign_means_anything_but_itself(cy, world, typed):
    world.report()
    answer = cy.get(f"/search?q={typed}")
    assert answer.status_code == 200
    assert groups(answer) == []
    assert "<script>" not in answer.text.split("<main")[1]


def test_a_stranger_finds_nothing(stranger):
    assert stranger.get("/search?q=contoso").location.startswith("/sign-in")


@pytest.mark.parametrize(
    ("typed", "reference"),
    [
        ("4821", None),
        ("4821-7", "4821-7"),
        ("48217", "4821-7"),
        ("4821 7", "4821-7"),
        ("821", None),
        ("4-8217", None),
    ],
)
def test_what_is_a_reference(typed, reference):
    assert reference_in(typed) == reference


@pytest.mark.parametrize(
    ("typed", "references"),
    [
        ("4821", ["4821-7"]),
        ("4821-7", ["4821-7"]),
        ("4821 7", ["4821-7"]),
        ("48217", ["4821-7", "48217-0"]),
        ("821", []),
        ("4821-", []),
        ("٤٨٢١", []),
    ],
)
def test_a_reference_may_lack_its_check_digit(typed, references):
    assert references_in(typed) == references


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+62 811", "62811"),
        ("0062811111", "62811111"),
        ("0812-345-678", "812345678"),
        ("123", None),
        ("12a4", None),
        ("0011", "0011"),
    ],
)
def test_what_is_a_phone_number(typed, digits):
    assert phone_in(typed) == digits
