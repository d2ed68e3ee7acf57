"""Tables of the built site: each cell says its role and its column, and columns are equal."""

import re

import pytest
from built import HTML

TABLE = re.compile(r'<table class="[^"]*docutils.*?</table>', re.DOTALL)
TABLES = {
    path.relative_to(HTML).as_posix(): found
    for path in sorted(HTML.rglob("*.html"))
    if (found := TABLE.findall(path.read_text(encoding="utf-8")))
}


def heads_of(table):
    """Return the texts of the first row."""
    cells = re.findall(r"<t[hd] [^>]*>(.*?)</t[hd]>", table[: table.index("</thead>")], re.DOTALL)
    return [re.sub("<[^>]+>", "", cell) for cell in cells]


@pytest.mark.parametrize("page", TABLES)
def test_roles_stay_where_rows_are_cards(page):
    """
    Each element has its role, for a style may take the one that it has by itself.
    """
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row"}
    for table in TABLES[page]:
        for tag, role in roles.items():
            found = re.findall(rf"<{tag}\b[^>]*>", table)
            assert found
            assert all(f'role="{role}"' in tag for tag in found)
        for row in re.findall("<tr.*?</tr>", table[table.index("<tbody") :], re.DOTALL):
            cells = re.findall(r'<(t[hd])\b[^>]* role="(\w+)" data-name="([^"]*)"', row)
            first, *others = [(tag, role) for tag, role, _ in cells]
            assert first == ("th", "rowheader")
            assert set(others) == {("td", "cell")}
            assert [name for _, _, name in cells] == heads_of(table)[: len(cells)]


def test_tables_of_a_kind_share_columns():
    """Where two tables say the same of something, the left edges of their columns agree."""
    edges = set()
    for table in TABLES["reference/shapes.html"]:
        ems = float(re.search(r"--ems: ([\d.]+)", table)[1])
        shares = [float(share) for share in re.findall(r'<col style="width: ([\d.]+)%', table)]
        edges.add(tuple(round(ems * share / 100, 1) for share in shares[:4]))

    assert len(TABLES["reference/shapes.html"]) > 5
    assert max(max(column) - min(column) for column in zip(*edges, strict=True)) < 0.15
