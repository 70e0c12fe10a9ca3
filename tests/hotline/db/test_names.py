"""Names as they are sorted and found: :mod:`hotline.db.names`, on both databases."""

import pytest
import sqlalchemy as sa

from hotline.db.models import Customer
from hotline.db.names import LONGEST_KEY, fold


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Jürgen  GROSS", "jurgen gross"),
        ("jurgen groß", "jurgen gross"),
        ("ÅNGSTRÖM AB", "angstrom ab"),
        ("İstanbul", "istanbul"),
        ("Ｆｕｌｌ width", "full width"),
        ("ПАО Сбербанк", "пао сбербанк"),
        ("ﬁ", "fi"),
        ("  ", ""),
    ],
)
def test_case_accents_and_spaces_do_not_matter(text, key):
    assert fold(text) == key
    assert fold(key) == key


def test_a_key_is_never_longer_than_its_column():
    assert len(fold("ﷺ" * 120)) == LONGEST_KEY


def test_the_key_follows_the_name(database):
    with database.write() as session:
        session.add(Customer(name="Öl AG", time_zone="UTC"))
        session.execute(sa.insert(Customer), [{"name": "Ünal", "time_zone": "UTC"}])
    assert keys(database) == ["ol ag", "unal"]
    with database.write() as session:
        session.scalars(sa.select(Customer).where(Customer.name == "Ünal")).one().name = "Éclair"
    assert keys(database) == ["eclair", "ol ag"]


def test_keys_sort_alike_on_every_database(database):
    names = ["a-b", "a b", "ab", "A C", "B", "é", "ø", "z", "1", "я"]
    with database.write() as session:
        session.add_all(Customer(name=name, time_zone="UTC") for name in names)
    assert keys(database) == sorted(map(fold, names))


def keys(database):
    with database.read() as session:
        return list(session.scalars(sa.select(Customer.name_key).order_by(Customer.name_key)))
