"""Data that a page holds for its script."""

import json


def as_json(data: object) -> str:
    """Return data as JSON without markup, whatever its texts hold."""
    text = json.dumps(
        data,
        separators=(",", ":"),
        ensure_ascii=False,
        default=str,  # a translation is a text that waits
    )
    return text.replace("&", "\\u0026").replace("<", "\\u003c")
