import sys
from importlib.util import find_spec

import pytest


def pytest_addoption(parser):
    text = "fail where a package that a test needs is missing, rather than skip"
    parser.addoption("--need-all", action="store_true", help=text)


def pytest_runtest_setup(item):
    for marker in item.iter_markers("needs"):
        missing = [package for package in marker.args if find_spec(package) is None]
        if missing:
            stop = pytest.fail if item.config.getoption("need_all") else pytest.skip
            stop(f"needs {', '.join(missing)}")


def pytest_sessionfinish(session):
    """Give the counts of this process to the one that sums them up."""
    strategies = sys.modules.get("layers")
    if strategies and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared"] = dict(strategies.COMPARED)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    if compared := getattr(node, "workeroutput", {}).get("compared"):
        from layers import COMPARED

        COMPARED.update(compared)


def pytest_terminal_summary(terminalreporter, exitstatus):
    """Say what the property tests have drawn; a whole soak leaves it on record."""
    strategies = sys.modules.get("layers")
    if not strategies or not strategies.COMPARED["all"]:
        return
    rows = [(name, f"{count:,}") for name, count in strategies.COMPARED.items()]
    terminalreporter.section("drawn and compared")
    terminalreporter.line(", ".join(f"{name}: {count}" for name, count in rows))
    whole = not terminalreporter.config.getoption("keyword")
    if strategies.PROFILE == "soak" and whole and exitstatus == 0:
        import records

        records.write("soak", records.table(("drawn and compared", "number"), rows))
