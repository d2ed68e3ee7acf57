"""We refuse what PyTorch refuses and take what it takes, but for what it takes by accident."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import FUNCTIONS, KINDS

from rnn_guide import parameter_shapes, shapes_of

good_sizes = st.integers(1, 6)
odd_values = st.sampled_from(
    [
        *(0, -1, -3, 2.0, 2.5, float("nan"), None, "3", "", b"3", (3,), [], 3 + 0j, object),
        *(np.int64(4), np.float64(2.0), np.array([2, 3])),
        *(torch.tensor(3), torch.tensor(2.0), torch.zeros(2)),
    ]
)
sizes = st.one_of(good_sizes, good_sizes, odd_values)
flags = st.sampled_from([True, False, True, False, 0, 1, None, "no", [], np.True_])


def refused(call, *args, **kwargs) -> bool:
    """Return whether a call raises; only the errors of PyTorch and ours count."""
    try:
        call(*args, **kwargs)
    except (TypeError, ValueError, RuntimeError):
        return True
    return False


@st.composite
def layers(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """Draw a kind and arguments, some of which no layer takes."""
    kind = draw(st.sampled_from(list(KINDS)))
    arguments = {"input_size": draw(sizes), "hidden_size": draw(sizes), "num_layers": draw(sizes)}
    if draw(st.booleans()):
        arguments["bidirectional"] = draw(st.booleans())  # PyTorch takes anything here
    if kind == "LSTM" and draw(st.booleans()):
        arguments["proj_size"] = draw(st.one_of(st.integers(-1, 6), odd_values))
    return kind, arguments


class TestSameRefusals:
    @given(layers(), flags)
    def test_parameters(self, layer, bias):
        """
        parameter_shapes refuses exactly the arguments that the layer refuses.
        """
        kind, arguments = layer

        theirs = refused(KINDS[kind], **arguments, bias=bias)

        assert refused(parameter_shapes, kind, **arguments, bias=bias) == theirs

    @given(layers(), flags, sizes, sizes)
    def test_shapes(self, layer, batch_first, seq_len, batch_size):
        """
        The shape functions refuse exactly the layers and inputs that PyTorch refuses.
        """
        kind, arguments = layer

        def run():
            module = KINDS[kind](**arguments, batch_first=batch_first)
            shape = [seq_len, arguments["input_size"]]
            if batch_size is not None:
                shape.insert(0 if batch_first else 1, batch_size)
            module(torch.zeros(*shape))

        lengths = {"seq_len": seq_len, "batch_size": batch_size}
        ours = refused(FUNCTIONS[kind], **arguments, batch_first=batch_first, **lengths)
        assert ours == refused(run)

    @given(
        st.sampled_from(list(KINDS.values())),
        st.booleans(),
        st.lists(st.integers(0, 4), max_size=5),
    )
    def test_shapes_of(self, layer, batch_first, shape):
        """
        shapes_of refuses exactly the inputs that the layer refuses.
        """
        module = layer(3, 5, batch_first=batch_first)

        assert refused(shapes_of, module, shape) == refused(module, torch.zeros(shape))
