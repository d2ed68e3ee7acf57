"""The pictures by name. Where one shows cells, directions, rows or gates, the rules say which."""

from functools import partial

from pictures import (
    attention,
    batches,
    carried,
    halves,
    layers,
    losses,
    padded,
    series,
    states,
    variants,
    weights,
)
from pictures.marks import Draw

#: Two sizes of one drawing are two entries.
DRAWINGS: dict[str, Draw] = {
    "unrolled": states.unrolled,
    "sentences": batches.sentences,
    "grid": partial(states.grid, seq_len=7),
    "short-grid": states.grid,
    "stack": partial(states.grid, num_layers=2, bidirectional=False),
    "merge": states.merge,
    "decoder": states.decoder,
    "one-vector": states.one_vector,
    "translation": states.translation,
    "packed": batches.packed,
    "tags": batches.tags,
    "beams": batches.beams,
    "halves": halves.halves,
    "padding": batches.padding,
    "windows": series.windows,
    "columns": series.columns,
    "shifted": series.shifted,
    "chunks": series.chunks,
    "attention": attention.weights,
    "gates": weights.gates,
    "depth": layers.depth,
    "wiring": layers.wiring,
    "symbols": layers.symbols,
    "pooled": padded.pooled,
    "read-padding": padded.reading,
    "scores": losses.scores,
    "layer-norm": variants.layer_norm,
    "peephole": variants.peephole,
    **weights.PORTED,
    **carried.CARRIED,
}
