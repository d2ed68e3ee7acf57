"""What a refusal says."""

import pytest


def message(call, *args, **kwargs) -> str:
    """Return the type and the words of the error that a call must raise."""
    with pytest.raises((TypeError, ValueError)) as error:
        call(*args, **kwargs)
    return f"{error.type.__name__}: {error.value}"
