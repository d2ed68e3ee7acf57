"""The front page as it is built: its figures, and its texts."""

import gettext
import re
import tomllib

from built import HTML, ROOT
from sphinx import locale

RECORDS = ROOT / "docs" / "records"


def shown() -> str:
    """Return the text of the front page."""
    page = (HTML / "index.html").read_text(encoding="utf-8")
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]*>", "", page, flags=re.DOTALL))


class Marks(gettext.NullTranslations):
    """A translation that marks each text."""

    def gettext(self, message: str) -> str:
        """Mark a text as translated."""
        return f"«{message}»"


class TestFigures:
    def test_messages_are_those_of_the_pages(self):
        """
        The card counts the sections that explain a message.
        """
        sections = {
            label
            for page in (HTML / "errors").glob("*.html")
            if page.name != "index.html"
            for label in re.findall(r'id="(error-[\w-]+)"', page.read_text(encoding="utf-8"))
        }

        assert f"{len(sections)} messages, each with its repair" in shown()

    def test_examples_are_those_that_run(self):
        """
        The number of examples is that of the pages, which the tests run.
        """
        from examples import EXAMPLES

        own = [one for one in EXAMPLES if "docs" in one.page.relative_to(ROOT).parts]
        assert f"{len(own)} examples are run by the checks" in shown()

    def test_releases_are_those_on_record(self):
        """
        The page names the releases whose differences it shows, and the layers that were compared.
        """
        versions = tomllib.loads((RECORDS / "versions.toml").read_text(encoding="utf-8"))
        names = list(versions["releases"])
        text = f"{len(names)} releases of PyTorch, {names[0]} to {names[-1]}, run the examples"

        assert text in shown()
        assert f"{versions['releases']['2.13']['passed']:,} tests" in shown()
        soak = (RECORDS / "soak.md").read_text(encoding="utf-8")
        drawn = re.search(r"([\d,]+) layers drawn", shown())[1]
        assert f"| all | {drawn} |" in soak


class TestTexts:
    def test_every_text_can_be_translated(self, monkeypatch):
        """
        With a translation that marks each text, none is left without the mark.
        """
        monkeypatch.setitem(locale.translators, ("general", "guide"), Marks())
        from front import panel

        page = re.sub(r"<(script|code)\b.*?</\1>", "", panel.html("explorer.html"), flags=re.DOTALL)
        page = re.sub("</?span[^>]*>", "", page)
        labels = re.findall(r'aria-label="([^"]*)"', page)
        texts = [text.strip() for text in re.findall(r">([^<]*[a-zA-Z][^<]*)<", page)]

        assert len(labels) > 5
        assert all(label.startswith("«") for label in labels)
        left = {text for text in texts if "«" not in text}
        assert left - {"RNN", "GRU", "LSTM"} == {
            text for text in left if re.fullmatch(r"(?:L|N|H_\w+|D\*num_layers) \d+", text)
        }
