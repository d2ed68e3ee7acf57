// Where the picture looks, when it cannot show all.

/**
 * @typedef {import("./order.js").Unrolled} Unrolled
 * @typedef {{ steps: bigint[], layer: bigint }} Looking
 */

/**
 * What is in view at a tick.
 *
 * @param {Unrolled} unrolled
 * @param {bigint} tick
 * @returns {Looking}
 */
export const lookingAt = ({ layer: { seq_len }, directions }, tick) => {
  const before = tick > 0n ? tick - 1n : 0n;
  const passed = before % seq_len;
  const steps = directions.length > 1 ? [passed, seq_len - 1n - passed] : [passed];
  return { steps, layer: before / seq_len };
};

/**
 * The cells of a tensor, or of one row of it.
 *
 * @param {Unrolled} unrolled
 * @param {Looking} looking - what is in view now
 * @param {{ tensor: string, row?: bigint }} lit
 * @returns {Looking}
 */
export const lookingAtTensor = (unrolled, looking, { tensor, row }) => {
  const { directions, layer, rules } = unrolled;
  const count = BigInt(directions.length);
  const { step, layer: place } = rules.cells[tensor];
  const some = row === undefined ? directions : [directions[Number(row % count)]];
  const steps = step
    ? some.map((direction) =>
        unrolled.stepAt(tensor, { layer: 0n, direction, step: 0n, sequence: 0n }),
      )
    : looking.steps;
  if (row !== undefined) return { steps, layer: row / count };
  if (!place) return { steps, layer: looking.layer };
  return { steps, layer: place[directions[0]] < 0 ? layer.num_layers - 1n : 0n };
};
