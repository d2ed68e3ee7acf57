from importlib.util import find_spec

from hypothesis import settings

# The first example of a run pays for PyTorch's start, so a deadline would fail at random.
settings.register_profile("default", deadline=None, max_examples=300)
settings.load_profile("default")

# The browser tests have packages of their own: nox -s browser runs them.
collect_ignore = [] if find_spec("playwright") else ["browser"]
