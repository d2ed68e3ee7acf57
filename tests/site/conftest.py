"""What the tests of the built site share."""

from hypothesis import settings

# The first example of a run pays for the start of PyTorch or of the JavaScript engine.
settings.register_profile("site", deadline=None)
settings.load_profile("site")
