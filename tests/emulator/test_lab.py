"""The lab's page, its files, and whom neither it nor the control API answers."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
import requests

from hotline.emulator import Faults
from hotline.emulator.lab import pages
from hotline.emulator.lab.misfortunes import MISFORTUNES

STATIC = Path(pages.__file__).parent / "static"
EVERY = ["/", "/lab", "/lab/static/main.js", "/emulator/handsets", "/emulator/log", "/emulator/faults"]


@pytest.mark.parametrize("path", ["/", "/lab"])
def test_the_lab_is_the_emulators_front_page(server, path):
    answer = requests.get(server.url + path, timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<title>Phone lab</title>" in answer.text


def test_the_page_allows_nothing_but_its_own_files(server):
    answer = requests.get(server.url, timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)
    assert not re.search(r"https?://", answer.text)


def test_every_file_that_is_asked_for_is_there(server):
    page = requests.get(server.url, timeout=10).text
    asked = set(re.findall(r'(?:src|href)="(/lab/static/[^"]+)"', page))
    for script in STATIC.glob("*.js"):
        asked |= {f"/lab/static/{name}" for name in re.findall(r'from "\./([\w.]+)"', script.read_text())}
    assert len(asked) >= 15
    assert {f"/lab/static/{file.name}" for file in STATIC.iterdir()} == asked
    for path in asked:
        answer = requests.get(server.url + path, timeout=10)
        assert answer.status_code == 200, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_drawing_that_is_used_is_drawn(server):
    page = requests.get(server.url, timeout=10).text
    drawn = set(re.findall(r'<symbol id="i-([\w-]+)"', page))
    scripts = "".join(file.read_text() for file in STATIC.glob("*.js"))
    used = set(re.findall(r'href="#i-([\w-]+)"', page)) | set(re.findall(r'icon\("([\w-]+)"\)', scripts))
    assert used <= drawn


def test_every_fault_is_explained_once(server):
    explained = [one.name for found in MISFORTUNES.values() for one in found]
    assert sorted(explained) == sorted(f.name for f in fields(Faults) if not f.name.startswith("_"))
    page = requests.get(server.url, timeout=10).text
    for found in MISFORTUNES.values():
        for one in found:
            assert f'data-fault="{one.name}"' in page
            assert one.what.endswith(".")
            assert one.should.endswith(".")


@pytest.mark.parametrize("path", EVERY)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8401"},
        {"Host": "["},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
    ids=str,
)
def test_a_foreign_name_or_page_gets_nothing(server, path, headers):
    answer = requests.get(server.url + path, headers=headers, timeout=10)
    assert answer.status_code in (400, 403)
    assert "handset" not in answer.text


def test_a_foreign_page_moves_no_telephone(emu, server):
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = requests.post(
            server.url + "/emulator/faults", data={"rest_down": "1"}, headers=headers, timeout=10
        )
        assert answer.status_code == 403
    assert emu.faults == Faults()


def test_its_own_page_a_link_to_it_and_a_program_are_answered(server):
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    assert requests.get(server.url + "/emulator/clock", headers=own, timeout=10).status_code == 200
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert requests.get(server.url + "/", headers=link, timeout=10).status_code == 200
    port = server.url.rpartition(":")[2]
    assert requests.get(f"http://localhost:{port}/emulator/clock", timeout=10).status_code == 200
