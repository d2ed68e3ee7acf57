"""How many examples the property tests draw."""

from hypothesis import settings

# The first example of a run pays for PyTorch's start, so a deadline would fail at random.
settings.register_profile("quick", deadline=None, max_examples=50)
settings.register_profile("default", deadline=None, max_examples=300)
settings.register_profile("soak", deadline=None, max_examples=5000)
settings.load_profile("default")
