"""A projection that is folded, layer by layer."""

import pytest
import torch
from torch import nn


@pytest.mark.needs("torch")  # and nothing else: so that "nox -s porting" runs it
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_folded_projection(num_layers, bidirectional, bias):
    """
    Layer by layer, with the projection folded, the output and the states are the same.
    """
    options = {"bidirectional": bidirectional, "bias": bias}
    lstm = nn.LSTM(3, 5, num_layers, proj_size=2, **options)
    x = torch.randn(7, 4, 3)
    y, h, c, step = x, [], [], 2 if bidirectional else 1
    for k in range(num_layers):
        rows = lstm.all_weights[k * step : (k + 1) * step]
        full = nn.LSTM(y.shape[-1], 5, **options)
        with torch.no_grad():
            for ours, (*weights, weight_hr) in zip(full.all_weights, rows, strict=True):
                weights[1] = weights[1] @ weight_hr
                for parameter, value in zip(ours, weights, strict=True):
                    parameter.copy_(value)
        wide, (h_n, c_n) = full(y)
        projections = [row[-1].T for row in rows]
        y = torch.cat([a @ b for a, b in zip(wide.split(5, -1), projections, strict=True)], -1)
        h += [a @ b for a, b in zip(h_n, projections, strict=True)]
        c += list(c_n)

    output, (h_n, c_n) = lstm(x)
    assert torch.allclose(y, output, atol=1e-5)
    assert torch.allclose(torch.stack(h), h_n, atol=1e-5)
    assert torch.allclose(torch.stack(c), c_n, atol=1e-5)
