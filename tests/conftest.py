from hypothesis import settings

# The first example of a run pays for PyTorch's start, so a deadline would fail at random.
settings.register_profile("default", deadline=None, max_examples=300)
settings.load_profile("default")
