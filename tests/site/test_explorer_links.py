"""What shows shapes leads to the explorer with its values, and the explorer leads back."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from bs4 import BeautifulSoup, Tag
from built import HTML
from explored import Explorer
from pages import ENGLISH, read

from explorer import rules, texts

SHOWS = re.compile(r'to-explorer|class="tensors"|data-case|Tensors of')
#: The pages that show shapes; the page of the explorer has no way to itself.
PAGES = {
    HTML / page: BeautifulSoup(read(page), "html.parser")
    for page in ENGLISH
    if SHOWS.search(read(page)) and page != "explorer.html"
}
LINKS = [(path, link) for path, page in PAGES.items() for link in page.select(".to-explorer a")]


@pytest.fixture(scope="module")
def explorer():
    """Return what the explorer answers for an address."""
    return Explorer()


def case_of(link: Tag) -> str:
    """Return what an address says of the fields."""
    return link["href"].partition("#")[2]


class TestToTheExplorer:
    def test_every_address_is_understood(self, explorer):
        """
        No link holds what the explorer would not read, or what it would refuse.
        """
        assert len(LINKS) > 30
        for path, link in LINKS:
            target = (path.parent / link["href"].partition("#")[0]).resolve()
            assert target == HTML / "explorer.html"
            assert explorer.read(case_of(link))["unknown"] == []
            assert dict(parse_qsl(case_of(link))) == explorer.read(case_of(link))["values"]

    def test_rows_of_tables_have_their_shapes(self, explorer):
        """
        The explorer gives the symbols of a row, or their numbers where the row writes some out.
        """
        rows = [(link, link.find_parent("tr")) for _path, link in LINKS if link.find_parent("tr")]
        assert len(rows) > 30
        for link, row in rows:
            answer = explorer.answer(case_of(link))
            head = row.find_parent("table").select("thead th")[1:]
            for names, cell in zip(head, row.select("td"), strict=True):
                for name in names.text.split(", "):
                    numbers = [explorer.number(axis, answer) for axis in axes(cell.text)]
                    assert numbers == answer["numbers"][name], (case_of(link), name)

    def test_every_row_has_a_link(self):
        """
        Each layout of each table of shapes leads there.
        """
        found = 0
        for page in PAGES.values():
            for table in page.select("table:has(caption)"):
                if not table.caption.get_text().startswith("Tensors of"):
                    continue
                found += 1
                assert all(row.select_one("th .to-explorer a") for row in table.select("tbody tr"))
        assert found > 8

    def test_parameters_have_their_shapes(self, explorer):
        """
        The link below a table fills in a layer that has each parameter in it.
        """
        found = 0
        for link in (link for _path, link in LINKS if link.parent.name == "p"):
            table = link.parent.find_previous_sibling().select_one("table.docutils")
            if not table:
                continue  # it stands below a drawing or a player
            found += 1
            answer = explorer.answer(case_of(link))
            shown = {p["name"]: [str(axis) for axis in p["axes"]] for p in answer["parameters"]}
            for row in table.select("tbody tr"):
                for layer, cell in enumerate(row.select("td")[:2]):
                    name = row.th.text.replace("[k]", str(layer))
                    assert shown[name] == axes(cell.text)
        assert found == 3

    def test_drawings_have_their_shapes(self, explorer):
        """
        Each drawing of tensors has a link, whose tensors have the sizes that it shows.
        """
        found = 0
        for page in PAGES.values():
            for drawing in page.select("div.tensors[role=img]"):
                found += 1
                link = drawing.find_next_sibling()
                assert link.get("class") == ["to-explorer"]
                answer = explorer.answer(case_of(link.a))
                for head in drawing.select("div > p"):
                    for name in (code.text for code in head.select("code")):
                        if name in answer["shapes"]:  # or it is a half
                            assert head.select_one(".tuple").text == answer["shapes"][name]
        assert found > 7

    def test_players_play_the_layer(self, explorer):
        """
        Each player of a page has a link, which fills in the layer that it plays.
        """
        found = 0
        for page in PAGES.values():
            for player in page.select(".player[data-case]"):
                found += 1
                link = player.find_next_sibling()
                assert link.get("class") == ["to-explorer"]
                answer = explorer.answer(case_of(link.a))
                case: dict[str, Any] = json.loads(player["data-case"])
                del case["numbers"]
                assert {name: answer[name] for name in case} == case
        assert found > 2


class TestBack:
    def test_rows_lead_to_pages(self):
        """
        Each row of the explorer has its page, where what it shows is named.
        """
        known = rules.data()
        shown = {name for tensors in known["shapes"].values() for name in tensors}
        shown |= {part["name"] for parts in known["parts"].values() for part in parts} - {"row"}
        ways = texts.data()["ways"]

        assert shown < ways.keys()
        for name, (address, text) in ways.items():
            page = BeautifulSoup((HTML / address).read_text(encoding="utf-8"), "html.parser")
            assert page.select_one(".ways [aria-current=page]").text == text
            if name in known["cells"]:
                assert name in page.article.text


def axes(shape: str) -> list[str]:
    """Return the symbols of a shape."""
    return [axis for axis in re.sub(r"^\(|,?\)$", "", shape.strip()).split(", ") if axis]
