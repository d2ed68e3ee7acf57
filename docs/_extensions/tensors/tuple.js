// The shape of a tensor as text, with the colours and marks of its block.

/**
 * The tuple as HTML, or as the text of an SVG.
 *
 * @param {import("./shapes.js").Tensor} tensor
 * @param {"span" | "tspan"} [element]
 */
export const tupleOf = ({ name, axes }, element = "span") => {
  const numbers = axes.map(
    ({ size, role }) => `<${element} class="${role}" data-axis="${role}">${size}</${element}>`,
  );
  const comma = axes.length === 1 ? "," : "";
  return `<${element} class="tuple" data-tensor="${name}">(${numbers.join(", ")}${comma})</${element}>`;
};
