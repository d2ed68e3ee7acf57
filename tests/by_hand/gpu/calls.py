"""Drawn calls of layers and cells on a GPU, beside what check_forward says of them."""

import json
from collections import Counter
from typing import Any

from forward_calls import Call, calls, spoilt
from hypothesis import HealthCheck, Phase, given, seed, settings

#: How many calls are drawn, right ones and spoilt ones each.
DRAWN = 200
PROGRAM = """
import json
from rnn_guide import check_forward
from unrolled import computes_rightly
autocast = {autocast}
try:
    with torch.autocast("cuda", enabled=autocast):
        check_forward(layer, input, state)
    said = ""
except (TypeError, ValueError) as error:
    said = str(error)
try:
    found = str({compute})
    torch.cuda.synchronize()
except Exception as error:
    found = f"{{type(error).__name__}}: {{error}}"
print(json.dumps([said, found]))
"""
COMPUTE = "computes_rightly(layer, input, state, autocast)"


def drawn(strategy: Any) -> list[Call]:
    """Return calls, the same in each run."""
    found: list[Call] = []

    @seed(0)
    @settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(call: Call) -> None:
        found.append(call)

    draw()
    return found


def look(server: Any, start: str, call: Call) -> tuple[Call, str, str]:
    """Return a call, what check_forward says of it, and what the GPU does with it."""
    ending = server.run(
        start + call.program() + PROGRAM.format(autocast=call.autocast, compute=COMPUTE)
    )
    if ending.verb == "prints":
        said, found = json.loads(ending.text.splitlines()[-1])
        return call, said, found
    again = server.run(
        start + call.program() + PROGRAM.format(autocast=call.autocast, compute="''")
    )
    said = json.loads(again.text.splitlines()[-1])[0] if again.verb == "prints" else again.text
    return call, said, f"{ending.verb}: {ending.text}"


def compared(each: Any, start: str) -> dict[str, Any]:
    """Run drawn calls, and return how often check_forward and the GPU agree, and where not."""
    record: dict[str, Any] = {}
    for name, strategy in {"right": calls(), "spoilt": spoilt()}.items():
        counts, odd = Counter({"drawn": 0}), []
        found = each(lambda server, call: look(server, start, call), drawn(strategy))
        for call, said, computed in found:
            right = computed == "True"
            counts["drawn"] += 1
            counts["computed rightly"] += right
            counts["refused by the GPU"] += not right and computed != "False"
            counts["other numbers"] += computed == "False"
            counts["taken by check_forward"] += not said
            if bool(said) == right and not (right and call.by_accident):
                odd.append(
                    {
                        "program": call.program(),
                        "autocast": call.autocast,
                        "check_forward": said,
                        "gpu": computed,
                    }
                )
        record[name] = {**counts, "disagree": odd}
        print(name, dict(counts), *odd, sep="\n", flush=True)
    return record
