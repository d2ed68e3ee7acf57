"""The sheet to print: its files, its shapes beside the rules, and each line of its code."""

import re
import tomllib
from io import BytesIO
from itertools import combinations, product

import pytest
import torch
from built import HTML, ROOT
from PIL import Image, ImageChops, ImageFont
from pypdf import PdfReader
from sphinx import locale
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from cheat_sheet import content, lines, paper
from machine_readable.previews import CHINESE_FONT, FONT
from rnn_guide import lstm_shapes, symbolic_parameter_shapes, symbolic_shapes

FOLDERS = {"en": HTML / "_static" / "cheat-sheet", "zh": HTML / "zh-cn" / "_static" / "cheat-sheet"}
FOLDER = FOLDERS["en"]
POINTS = {"a4": (595.28, 841.89), "letter": (612, 792)}
EDGE = 24  # points that printers may leave white

EACH = [pytest.param(*each, id="-".join(each)) for each in product(FOLDERS, POINTS)]


def pdf(language, size):
    """Return the one page of a PDF."""
    (page,) = PdfReader(FOLDERS[language] / f"rnn-shapes-{size}.pdf").pages
    return page


def svg(language, size):
    """Return the text of an SVG."""
    return (FOLDERS[language] / f"rnn-shapes-{size}.svg").read_text(encoding="utf-8")


def written(axes):
    """Return a shape as the sheet writes it, without blanks."""
    return f"({','.join(map(str, axes))}{',' if len(axes) == 1 else ''})".replace("*", "·")


@pytest.fixture(scope="module", params=product(FOLDERS, POINTS), ids="-".join)
def text(request):
    """Return the text of the sheet, without blanks."""
    return re.sub(r"\s", "", pdf(*request.param).extract_text())


@pytest.fixture(scope="module", params=FOLDERS)
def language(request):
    """Let the texts of our rooms be those of an edition."""
    before = dict(locale.translators)
    name = {"en": "en", "zh": "zh_CN"}[request.param]
    locale.init([str(ROOT / "docs" / "locale")], name, "guide")
    yield request.param
    locale.translators.clear()
    locale.translators.update(before)


@pytest.fixture(scope="module")
def said(language):
    """Return what a sheet says."""
    return content.content("RNN Guide", ["1.13", "2.15"], "https://example.org/")


class TestFiles:
    @pytest.mark.parametrize(("language", "size"), EACH)
    def test_have_the_size_of_paper(self, language, size):
        """
        Each PDF is one page of its paper, and each SVG is as large.
        """
        box = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg(language, size))
        width, height = box.groups()

        box = pdf(language, size).mediabox
        assert (float(box.width), float(box.height)) == pytest.approx(POINTS[size], abs=0.02)
        assert (float(width), float(height)) == pytest.approx(POINTS[size], abs=0.02)

    @pytest.mark.parametrize(("language", "size"), EACH)
    def test_svg_needs_nothing_else(self, language, size):
        """
        An SVG asks for no other file and no font: its letters are outlines that it holds.
        """
        text = svg(language, size)
        used = set(re.findall(r'href="([^"]*)"', text))
        inside = {f"#{name}" for name in re.findall(r'<symbol id="([^"]*)"', text)}

        assert "<text" not in text
        assert "url(http" not in text
        assert inside
        assert {name for name in used if not name.startswith("http")} <= inside

    @pytest.mark.parametrize("size", POINTS)
    def test_nothing_reaches_the_edge(self, size, language, said):
        """
        The edge of the paper stays white, so that a printer cuts off nothing; each word begins
        inside.
        """
        places = []
        pdf(language, size).extract_text(
            visitor_text=lambda text, cm, tm, *_: text.strip() and places.append((tm[4], tm[5]))
        )
        image = Image.open(BytesIO(paper.typeset(said, size, "png", language))).convert("RGB")
        left, top, right, bottom = ImageChops.difference(
            image, Image.new("RGB", image.size, "white")
        ).getbbox()
        scale = image.width / POINTS[size][0]

        assert min(left, top, image.width - right, image.height - bottom) >= EDGE * scale
        assert len(places) > 50

    def test_words_beside_a_drawing_stand_apart(self, said):
        """
        No two words of a drawing touch, in letters as wide as those of the sheet.
        """
        size, unit = 8.4, 0.75  # points of a letter, and of a pixel of the drawing
        latin, chinese = (ImageFont.truetype(font, 84) for font in (FONT, CHINESE_FONT))
        drawings = [found["drawing"] for found in said["drawn"]] + [said["packing"]["drawing"]]
        for drawing in drawings:
            boxes = []
            for label in drawing["labels"]:
                font = (
                    latin if label["text"].replace("→", "").replace("←", "").isascii() else chinese
                )
                width = font.getlength(label["text"]) / 84 * size
                left = (
                    label["x"] * unit
                    - {"start": 0, "middle": 0.5, "end": 1}[label["anchor"]] * width
                )
                bottom = label["y"] * unit
                boxes.append((left, bottom - 0.75 * size, left + width, bottom + 0.2 * size))
            assert len(boxes) > 2
            for one, other in combinations(boxes, 2):
                beside = one[2] < other[0] or other[2] < one[0]
                above = one[3] < other[1] or other[3] < one[1]
                assert beside or above, drawing["alt"]

    def test_are_equal_each_time(self, said, language):
        """
        The same content gives the same bytes; another content gives others.
        """
        other = {**said, "about": "other"}
        for format in paper.FORMATS:
            made = [paper.compiled(one, "a4", format, language) for one in (said, said, other)]
            assert made[0] == made[1] != made[2]

    def test_refuses_a_second_page(self, said, language):
        """
        What does not fit is an error, never a page that is lost.
        """
        many = {**said["mistakes"], "rows": said["mistakes"]["rows"] * 3}

        with pytest.raises(RuntimeError, match="must fit one page"):
            paper.compiled({**said, "mistakes": many}, "a4", "pdf", language)


class TestShapes:
    def test_of_every_tensor(self, text):
        """
        The sheet has the shape of each tensor in each layout.
        """
        layouts = [{}, {"batch_first": True}, {"layout": "unbatched"}, {"layout": "packed"}]
        for layout in layouts:
            for axes in symbolic_shapes("LSTM", **layout).values():
                assert written(axes) in text

    def test_of_the_drawn_layer(self, text):
        """
        Below the names of the drawn tensors stand the numbers that the layer returns.
        """
        x = torch.zeros(7, 4, 3)
        output, (h_n, c_n) = nn.LSTM(3, 5, num_layers=2, bidirectional=True)(x)
        shapes = lstm_shapes(3, 5, num_layers=2, seq_len=7, batch_size=4, bidirectional=True)

        assert (shapes.output, shapes.h_n, shapes.c_n) == (output.shape, h_n.shape, c_n.shape)
        assert "nn.LSTM(3,5,num_layers=2,bidirectional=True)" in text
        assert f"input{written(shapes.input)}" in text
        assert f"output{written(shapes.output)}" in text
        assert f"h_n,c_n{written(shapes.h_n)}" in text

    @pytest.mark.parametrize(("kind", "number"), [("RNN", 1), ("GRU", 3), ("LSTM", 4)])
    def test_of_every_parameter(self, kind, number, text):
        """
        The sheet has each parameter, with G for the number that it says of the kind.
        """
        found = symbolic_parameter_shapes(kind, 2, projected=kind == "LSTM")
        blocks = f"{number}*" if number > 1 else ""

        assert f"{number}{kind}" in text
        for name, axes in found.items():
            first = axes[0].replace(f"{blocks}H_cell", "G*H_cell")
            assert name.rpartition("_l")[0] in text
            assert written((first, *axes[1:])) in text

    def test_every_shape_is_a_rule(self, said):
        """
        No shape in a table is another than one of the rules.
        """
        rules = {
            written(axes)
            for layout in ({}, {"batch_first": True}, {"layout": "unbatched"}, {"layout": "packed"})
            for axes in symbolic_shapes("LSTM", **layout).values()
        }
        shown = {
            f"({','.join(axis['text'] for axis in axes)})"
            for row in said["tensors"]["rows"]
            for axes in row["shapes"]
            if axes
        }

        assert shown == rules

    def test_names_the_releases_of_the_record(self, text):
        """
        The sheet says which releases of PyTorch it holds for.
        """
        record = ROOT / "docs" / "records" / "versions.toml"
        releases = list(tomllib.loads(record.read_text(encoding="utf-8"))["releases"])

        assert re.search(rf"PyTorch{releases[0]}(to|到){releases[-1]}", text)


H_in, H_out, L, N, D, num_layers = 3, 5, 7, 4, 2, 2


@pytest.fixture
def names():
    """Return what the code on the sheet may name: a layer of two layers and two directions."""
    torch.manual_seed(0)
    gru = nn.GRU(H_in, H_out, num_layers=num_layers, bidirectional=True)
    x = torch.randn(L, N, H_in)
    output, h_n = gru(x)
    sizes = {"H_in": H_in, "H_out": H_out, "L": L, "N": N, "D": D, "num_layers": num_layers}
    tools = {"torch": torch, "nn": nn, "pack_padded_sequence": pack_padded_sequence}
    tools["pad_packed_sequence"] = pad_packed_sequence
    return {**sizes, **tools, "gru": gru, "x": x, "output": output, "h_n": h_n}


def features_mixed(names, wrong, right):
    """One feature of the wrong view is no feature of the forward half."""
    first = names["output"][..., :H_out]
    assert not torch.equal(wrong()[..., 0], first)
    assert torch.equal(right()[..., 0, :], first)


def sequences_mixed(names, wrong, right):
    """The wrong rows have the shape of the right ones, and other numbers."""
    last = torch.cat([names["h_n"][-2], names["h_n"][-1]], dim=-1)
    assert wrong().shape == last.shape
    assert not torch.equal(wrong(), last)
    assert torch.equal(right(), last)


def backward_began(names, wrong, right):
    """The backward half of the last step is not the final state."""
    output = names["output"]
    assert torch.equal(wrong()[:, :H_out], right()[:, :H_out])
    assert not torch.equal(wrong()[:, H_out:], right()[:, H_out:])
    assert torch.equal(right()[:, H_out:], output[0, :, H_out:])


def batch_first_missing(names, wrong, right):
    """Both run, and the wrong state has a row for each step."""
    names["x"] = names["x"].transpose(0, 1)
    assert wrong()[0].shape == right()[0].shape == (N, L, H_out)
    assert (wrong()[1].shape, right()[1].shape) == ((1, L, H_out), (1, N, H_out))


def smaller_batch(names, wrong, right):
    """A state for 64 sequences fails for fewer; zeros of their number are the default."""
    wrong()
    with pytest.raises(RuntimeError, match="Expected hidden size"):
        names["gru"](names["x"], names["h_0"])
    right()
    assert torch.equal(names["gru"](names["x"], names["h_0"])[0], names["output"])
    assert names["x"].shape[1] == N


CHECKS = [
    features_mixed,
    sequences_mixed,
    backward_began,
    batch_first_missing,
    smaller_batch,
]


def runs(code, names):
    """Return a function that runs a line and returns what it gives."""
    try:
        compiled = compile(code, "<sheet>", "eval")
    except SyntaxError:
        return lambda: exec(code, names)
    return lambda: eval(compiled, names)


class TestCode:
    @pytest.mark.parametrize(("mistake", "check"), [*zip(lines.MISTAKES, CHECKS, strict=True)])
    def test_of_a_mistake(self, mistake, check, names, text):
        """
        The wrong line does what the sheet says, the right one what it should, and both stand there.
        """
        check(names, runs(mistake.wrong, names), runs(mistake.right, names))

        assert re.sub(r"\s", "", mistake.wrong) in text
        assert re.sub(r"\s", "", mistake.right) in text

    def test_of_the_splits(self, names, text):
        """
        Both splits give the directions, which meet where the sheet says, in each order of axes.
        """
        exec("\n".join(lines.SPLITS["output"]), names)
        output_parts = names["forward"], names["backward"]
        exec("\n".join(lines.SPLITS["states"]), names)
        h_n, rows = names["h_n"], (names["forward"], names["backward"])

        assert torch.equal(output_parts[0][-1], h_n[-2])
        assert torch.equal(output_parts[1][0], h_n[-1])
        for k in range(num_layers):
            assert torch.equal(rows[0][k], h_n[2 * k])
            assert torch.equal(rows[1][k], h_n[2 * k + 1])
        assert torch.equal(names["last"], torch.cat([rows[0][-1], rows[1][-1]], dim=-1))
        batch_first = [part.transpose(0, 1) for part in output_parts]
        assert torch.equal(batch_first[0][:, -1], h_n[-2])
        assert torch.equal(batch_first[1][:, 0], h_n[-1])
        for line in lines.SPLITS["output"] + lines.SPLITS["states"]:
            assert re.sub(r"\s", "", line) in text

    def test_of_packing(self, names, text):
        """
        The lines take lengths in any order, and the state is that of the last real step.
        """
        lengths = [5, 7, 1, 2]
        exec("\n".join(lines.PACKING), names | {"lengths": lengths}, found := {})

        assert found["lengths"].tolist() == lengths
        for place, length in enumerate(lengths):
            alone = names["gru"](names["x"][:length, place])[1]
            assert torch.allclose(found["h_n"][:, place], alone, atol=1e-6)
        for line in lines.PACKING:
            assert re.sub(r"\s", "", line) in text


class TestPages:
    def test_front_page_and_reference_lead_to_files_that_are_there(self):
        """
        The front page has both sizes to print, and the page of the sheet all four files.
        """
        for page, count in (("index.html", 2), ("reference/cheat-sheet.html", 4)):
            path = FOLDER.parents[1] / page
            links = set(
                re.findall(
                    r'href="([^"]*cheat-sheet/rnn-shapes-[^"]*)"', path.read_text(encoding="utf-8")
                )
            )
            assert len(links) == count
            assert all((path.parent / link).resolve().is_file() for link in links)
