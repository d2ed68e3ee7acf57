"""The repairs of "Errors after the layer": type and device."""

import copy

import pytest
import torch
from covers import BATCH_SIZE, SEQ_LEN, repairs
from references import close, mapped, states_of
from refused import checked
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from rnn_guide import check_forward

MULTIPLY = "mat1 and mat2 must have the same dtype"
TRANSPOSED = "expected m1 and m2 to have the same dtype"  # of what is not contiguous
EITHER = f"{MULTIPLY}|{TRANSPOSED}"
ONEDNN = "could not create a primitive descriptor for the LSTM forward propagation primitive"
MKLDNN = "get_mkldnn_dtype: unsupported data type"
META = torch.device("meta")


def given(case):
    """Return an initial state of random numbers."""
    return mapped(case.layer(case.x)[1], lambda part: torch.randn_like(part))


@repairs("error-input-dtype", proj_size=[0, 2], layouts=["batched", "unbatched"])
def test_input_of_the_type_of_the_weights_is_computed(case):
    """
    A converted input, and a converted layer, give the numbers of the right type.
    """
    wanted = case.layer(case.x)
    double = case.x.double()
    with pytest.raises(ValueError, match=r"RNN input dtype \(torch.float64\) does not match"):
        case.layer(double)

    checked((case.layer, double), (case.layer, double.float()), "input must be torch.float32")
    assert close(case.layer(double.float()), wanted)
    output, state = copy.deepcopy(case.layer).double()(double)
    assert output.dtype == torch.float64
    assert close((output.float(), mapped(state, torch.Tensor.float)), wanted)


@repairs("error-input-dtype")
def test_words_are_embedded_and_one_hot_vectors_made_floats(case):
    """
    An embedding gives its rows, which one-hot floats times its weights are too.
    """
    words = torch.randint(9, case.x.shape[:2])
    one_hot = nn.functional.one_hot(words, 9)
    wide = type(case.layer)(9, 5, batch_first=case.options["batch_first"])
    for integers, layer in ((words, case.layer), (one_hot, wide)):
        with pytest.raises(ValueError, match=r"RNN input dtype \(torch.int64\) does not match"):
            layer(integers)

    embedding = nn.Embedding(9, 3)
    embedded = case.layer(embedding(words))

    checked((wide, one_hot), (wide, one_hot.float()), "one-hot vectors a .float()")
    checked((case.layer, words), (case.layer, embedding(words)), "lack an nn.Embedding")
    assert close(embedded, case.layer(one_hot.float() @ embedding.weight))
    embedded[0].sum().backward()
    assert embedding.weight.grad[words.unique()].any(dim=-1).all()
    # A layer for one-hot vectors reads the column of each word.
    with torch.no_grad():
        rows = wide.weight_ih_l0.T[words]
    assert torch.allclose(one_hot.float() @ wide.weight_ih_l0.T, rows)
    assert wide(one_hot.float())[0].shape == (*words.shape, 5)


@repairs("error-input-dtype")
def test_autocast_converts_the_input(case):
    """
    In autocast a short type is not refused, and the numbers are about the same; a double is.
    """
    for dtype in (torch.bfloat16, torch.float16):
        with pytest.raises(ValueError, match="does not match"):
            case.layer(case.x.to(dtype))

        short = case.layer, case.x.to(dtype)
        checked(short, (case.layer, case.x), "did it leave torch.autocast")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            checked((case.layer, case.x.double()), short, "input must be torch.float32 or")
            output, _ = case.layer(case.x.to(dtype))

        assert torch.allclose(output.float(), case.layer(case.x)[0], atol=0.05)
    with torch.autocast("cpu", dtype=torch.bfloat16), pytest.raises(RuntimeError, match=EITHER):
        case.layer(case.x.double())


@repairs("error-state-dtype", kinds=["RNN", "GRU"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_state_of_the_type_of_the_input_is_computed(case, dtype):
    """
    The state keeps its values, converted to the type of the input.
    """
    wanted = case.layer(case.x, h_0 := given(case).to(dtype).float())
    with pytest.raises(RuntimeError, match=MULTIPLY):
        case.layer(case.x, h_0.to(dtype))

    assert close(case.layer(case.x, h_0.to(dtype).to(case.x.dtype)), wanted)
    right = case.layer, case.x, h_0.to(dtype).to(case.x.dtype)
    checked((case.layer, case.x, h_0.to(dtype)), right, f"as the layer is, got {dtype}")
    zeros = case.x.new_zeros(h_0.shape)
    assert close(case.layer(case.x, zeros), case.layer(case.x))


@repairs("error-state-dtype", layouts=["packed"], proj_size=[0, 2])
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_state_of_a_packed_input_takes_the_type_of_its_data(case, dtype):
    """
    All three kinds have this message for sequences of different lengths.
    """
    packed, state = case.packed(), mapped(given(case), lambda part: part.to(dtype))
    with pytest.raises(RuntimeError, match=MULTIPLY):
        case.layer(packed, state)

    converted = mapped(state, lambda part: part.to(packed.data.dtype))
    output, _ = case.layer(packed, converted)

    right = case.layer, packed, converted
    checked((case.layer, packed, state), right, f"as the layer is, got {dtype}")
    lengths = torch.tensor(case.lengths)
    x = case.x.transpose(0, 1) if case.options["batch_first"] else case.x
    padded, _ = pad_packed_sequence(output)
    for k, length in enumerate(lengths):
        start = mapped(state, lambda part: part[:, k].float())  # noqa: B023
        one, _ = case.layer(x[:length, k], start)
        assert torch.allclose(padded[:length, k], one, atol=1e-6)


@repairs("error-state-dtype")
def test_other_modules_say_the_same_of_their_input():
    """
    A cell and a linear layer take the input in the type of their weights.
    """
    x = torch.randn(4, 3).double()
    for module in (nn.RNNCell(3, 5), nn.GRUCell(3, 5), nn.LSTMCell(3, 5), nn.Linear(3, 5)):
        with pytest.raises(RuntimeError, match=MULTIPLY):
            module(x)

        weight = next(module.parameters())
        results = states_of(module(x.to(weight.dtype)))

        if not isinstance(module, nn.Linear):
            checked((module, x), (module, x.to(weight.dtype)), "input must be torch.float32")
        doubles = states_of(copy.deepcopy(module).double()(x))
        for result, double in zip(results, doubles, strict=True):
            assert torch.allclose(result.double(), double, atol=1e-6)


@repairs("error-state-dtype", kinds=["RNN", "LSTM"])
def test_result_of_autocast_is_made_float(case):
    """
    What leaves autocast as bfloat16 is refused by a linear layer, until it is converted.
    """
    linear = nn.Linear(case.num_directions * 5, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output, _ = case.layer(case.x)
        inside = linear(output)
    with pytest.raises(RuntimeError, match=MULTIPLY if output.is_contiguous() else TRANSPOSED):
        linear(output)

    scores = linear(output.float())

    assert scores.dtype == torch.float32
    assert torch.allclose(scores, linear(case.layer(case.x)[0]), atol=0.05)
    assert torch.allclose(scores, inside.float(), atol=0.05)


@repairs("error-state-dtype-lstm", kinds=["LSTM"], layouts=["batched", "unbatched"])
@pytest.mark.parametrize("wrong", [(0,), (1,), (0, 1)])
def test_both_states_of_an_lstm_take_the_type_of_the_input(case, wrong):
    """
    Whichever part is wrong, the converted pair gives the numbers of the right one.
    """
    state = given(case)
    wanted = case.layer(case.x, state)
    mixed = tuple(part.double() if k in wrong else part for k, part in enumerate(state))
    with pytest.raises(RuntimeError, match=MKLDNN):
        case.layer(case.x, mixed)

    right = tuple(part.to(case.x.dtype) for part in mixed)
    said = f"state[{wrong[0]}] must be torch.float32"
    checked((case.layer, case.x, mixed), (case.layer, case.x, right), said)
    assert close(case.layer(case.x, right), wanted)


@repairs("error-state-dtype-lstm", kinds=["LSTM"], layouts=["packed"])
def test_a_state_of_another_type_beside_packed_sequences_of_one_length(case):
    """
    Packed sequences of one length say the same, and their data has the type.
    """
    first = case.options["batch_first"]
    packed = pack_padded_sequence(case.x, [SEQ_LEN] * BATCH_SIZE, batch_first=first)
    state = given(case)
    _, wanted = case.layer(packed, state)
    double = tuple(part.double() for part in state)
    with pytest.raises(RuntimeError, match=MKLDNN):
        case.layer(packed, double)

    right = tuple(part.to(packed.data.dtype) for part in double)
    assert close(case.layer(packed, right)[1], wanted)


@repairs("error-state-dtype-onednn", kinds=["LSTM"], layouts=["batched", "unbatched"])
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
@pytest.mark.parametrize("wrong", [(0,), (1,), (0, 1)])
def test_short_states_of_an_lstm_are_made_long(case, dtype, wrong):
    """
    Whichever part is wrong, the converted pair gives the numbers of the right one.
    """
    state = tuple(part.to(dtype).float() for part in given(case))
    wanted = case.layer(case.x, state)
    mixed = tuple(part.to(dtype) if k in wrong else part for k, part in enumerate(state))
    with pytest.raises(RuntimeError, match=ONEDNN):
        case.layer(case.x, mixed)

    right = tuple(part.to(case.x.dtype) for part in mixed)
    said = f"state[{wrong[0]}] must be torch.float32, as the layer is, got {dtype}; did it leave"
    checked((case.layer, case.x, mixed), (case.layer, case.x, right), said)
    assert close(case.layer(case.x, right), wanted)


@repairs("error-state-dtype-onednn", kinds=["LSTM"], dtypes=[torch.bfloat16])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float16])
def test_states_of_a_bfloat16_lstm_take_its_type(case, dtype):
    """
    The other way round it is the same, where the CPU computes bfloat16 with oneDNN.
    """
    state = given(case)
    wanted = case.layer(case.x, state)
    other = tuple(part.to(dtype) for part in state)
    with pytest.raises(RuntimeError, match=f"{ONEDNN}|{EITHER}"):
        case.layer(case.x, other)

    right = tuple(part.to(case.x.dtype) for part in other)
    output, _ = case.layer(case.x, right)

    said = f"state[0] must be torch.bfloat16, as the layer is, got {dtype}"
    checked((case.layer, case.x, other), (case.layer, case.x, right), said)
    assert output.dtype == torch.bfloat16
    assert torch.allclose(output.float(), wanted[0].float(), atol=0.02)


@repairs("error-state-dtype-onednn")
def test_state_that_leaves_autocast_goes_on_in_float(case):
    """
    Each kind takes the converted state, and autocast any state; a GRU keeps the type of it.
    """
    second = torch.rand_like(case.x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        _, state = case.layer(case.x)
        types = {part.dtype for part in states_of(state)}
        for start in (state, mapped(state, torch.Tensor.float)):
            check_forward(case.layer, second, start)
            case.layer(second, start)
    assert types == {torch.float32 if case.kind == "GRU" else torch.bfloat16}
    if case.kind != "GRU":
        with pytest.raises(RuntimeError, match=ONEDNN if case.kind == "LSTM" else MULTIPLY):
            case.layer(second, state)
        right = mapped(state, lambda part: part.to(second.dtype))
        checked((case.layer, second, state), (case.layer, second, right), "leave torch.autocast")

    output, _ = case.layer(second, mapped(state, lambda part: part.to(second.dtype)))

    assert output.dtype == torch.float32
    wanted, _ = case.layer(second, case.layer(case.x)[1])
    assert torch.allclose(output, wanted, atol=0.05)


@repairs("error-input-device", proj_size=[0, 2])
def test_layer_and_input_are_moved_together(case):
    """
    The module moves in place, the tensor is assigned; results and weights are on the device.
    """
    x = case.x
    with pytest.raises(RuntimeError, match="Input and parameter tensors are not at the same"):
        case.layer(x.to(META))
    layer = copy.deepcopy(case.layer).to(META)
    x.to(META)  # not assigned
    with pytest.raises(RuntimeError, match="Input and parameter tensors are not at the same"):
        layer(x)

    said = "input must be on meta, where the layer is, got cpu"
    checked((layer, x), (layer, x.to(META)), said)
    said = "input must be on cpu, where the layer is, got meta"
    checked((case.layer, x.to(META)), (case.layer, x), said)
    output, state = layer(x.to(META))

    assert {t.device for t in (output, *states_of(state), *layer.parameters())} == {META}
    wanted, states = case.layer(x)
    assert output.shape == wanted.shape
    assert [p.shape for p in states_of(state)] == [p.shape for p in states_of(states)]


@repairs("error-input-device")
def test_a_module_list_moves_and_a_plain_list_stays():
    """
    A layer in a plain list stays on its device when the model moves.
    """

    class Model(nn.Module):
        def __init__(self, container):
            super().__init__()
            self.layers = container([nn.GRU(3, 5)])

    x = torch.zeros(7, 4, 3, device=META)
    with pytest.raises(RuntimeError, match="Input and parameter tensors are not at the same"):
        Model(list).to(META).layers[0](x)

    left, moved = (Model(container).to(META).layers[0] for container in (list, nn.ModuleList))
    checked((left, x), (moved, x), "or move the layer")
    assert Model(nn.ModuleList).to(META).layers[0](x)[0].device == META


@repairs("error-state-device", proj_size=[0, 2], layouts=["batched", "unbatched"])
def test_state_is_moved_or_made_where_the_input_is(case):
    """
    Zeros made with the device of the input are the start without a state; a moved one stays.
    """
    state = given(case)
    with pytest.raises(RuntimeError, match="Input and hidden tensors are not at the same device"):
        case.layer(case.x, mapped(state, lambda part: part.to(META)))

    def zeros(part):
        return torch.zeros(part.shape, device=case.x.device, dtype=case.x.dtype)

    assert close(case.layer(case.x, mapped(state, zeros)), case.layer(case.x))
    moved = copy.deepcopy(case.layer).to(META)
    there = mapped(state, lambda part: part.to(META))
    output, _ = moved(case.x.to(META), there)
    assert output.device == META
    kept = mapped(state, lambda part: part.to(case.x.device))
    checked((case.layer, case.x, there), (case.layer, case.x, kept), "must be on cpu")
    assert close(case.layer(case.x, kept), case.layer(case.x, state))
    assert not close(case.layer(case.x, kept), case.layer(case.x))


@repairs("error-embedding-type")
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_word_numbers_are_made_long(dtype):
    """
    Each number takes its own row.
    """
    embedding, numbers = nn.Embedding(9, 3), torch.randint(9, (SEQ_LEN, BATCH_SIZE))
    with pytest.raises(RuntimeError, match="Expected tensor for argument #1 'indices'"):
        embedding(numbers.to(dtype))

    vectors = embedding(numbers.to(dtype).long())

    for t, n in ((0, 0), (6, 3), (2, 1)):
        assert torch.equal(vectors[t, n], embedding.weight[numbers[t, n]])


@repairs("error-embedding-range")
def test_embedding_of_the_vocabulary_takes_every_batch():
    """
    Unknown words and padding have numbers of their own, and padding gets no gradient.
    """
    vocabulary = ["<pad>", "<unknown>", "a", "cat", "sat"]
    number = {word: k for k, word in enumerate(vocabulary)}
    batches = [["a", "cat"], ["sat", "dog", "a"], ["zebra"]]
    first = torch.tensor([number[word] for word in batches[0]])
    by_one_batch = nn.Embedding(int(first.max()) + 1, 3)
    with pytest.raises(IndexError, match="index out of range in self"):
        by_one_batch(torch.tensor([number["sat"]]))

    embedding = nn.Embedding(len(vocabulary), 3, padding_idx=0)
    for batch in batches:
        words = [number.get(word, number["<unknown>"]) for word in batch] + [0]
        embedding(torch.tensor([words])).sum().backward()

    assert embedding.weight.grad.any(dim=-1).tolist() == [False, True, True, True, True]
    assert not embedding.weight[0].any()


@repairs("error-embedding-range")
def test_negative_padding_gets_a_number_of_the_embedding():
    """
    A larger embedding refuses -1 as well; padded with its own number it gives zeros there.
    """
    words = torch.tensor([[1, 5, -1]])
    for size in (6, 100):
        with pytest.raises(IndexError, match="index out of range in self"):
            nn.Embedding(size, 3)(words)

    embedding = nn.Embedding(6, 3, padding_idx=0)
    vectors = embedding(words.masked_fill(words < 0, 0))

    assert torch.equal(vectors[0, :2], embedding.weight[[1, 5]])
    assert not vectors[0, 2].any()
