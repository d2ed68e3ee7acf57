"""What the pages say of a GPU, as small programs that print what happens there."""

from statements import compared, devices, gradients, precision, refused, repeated, weights
from statements.program import START, Statement

__all__ = ["START", "STATEMENTS", "Statement"]

PARTS = (weights, refused, gradients, repeated, devices, precision, compared)
#: All programs, in the order of the record.
STATEMENTS = [statement for part in PARTS for statement in part.STATEMENTS]
