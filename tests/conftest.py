import sys
from importlib.util import find_spec

import pytest

# These have packages of their own: the nox sessions of the same names run them.
collect_ignore = [] if find_spec("playwright") else ["browser"]
collect_ignore += [] if find_spec("einops") else ["bench.py"]


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
    strategies = sys.modules.get("strategies")
    if strategies and hasattr(session.config, "workeroutput"):
        session.config.workeroutput["drawn"] = dict(strategies.DRAWN)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    if drawn := getattr(node, "workeroutput", {}).get("drawn"):
        from strategies import DRAWN

        DRAWN.update(drawn)


def pytest_terminal_summary(terminalreporter, exitstatus):
    """Say what the property tests have drawn; a whole soak leaves it on record."""
    strategies = sys.modules.get("strategies")
    if not strategies or not strategies.DRAWN["all"]:
        return
    rows = [(name, f"{count:,}") for name, count in strategies.DRAWN.items()]
    terminalreporter.section("drawn layers and inputs")
    terminalreporter.line(", ".join(f"{name}: {count}" for name, count in rows))
    if strategies.PROFILE == "soak" and exitstatus == 0 and strategies.DRAWN["all"] >= 50_000:
        import records

        records.write("soak", records.table(("drawn layers and inputs", "number"), rows))
