// A box of cells, seen from the front, the top and the right, as SVG text.

/**
 * @typedef {import("./spans.js").Span} Span
 * @typedef {import("./shapes.js").Role} Role
 * @typedef {[x: number, y: number]} Point
 *
 * @typedef {object} Part - a stretch of the width
 * @property {string} name - "forward", "backward" or "features": its colour
 * @property {Span} width
 *
 * @typedef {object} Solid
 * @property {number} x - of the corner at the front, top and left
 * @property {number} y
 * @property {Part[]} parts - from left to right
 * @property {Span} height
 * @property {Span} depth
 * @property {{ height?: Role, depth?: Role }} roles - the axes that these edges are
 * @property {Record<string, unknown>} [attributes] - of the group around it
 */

const SLANT = { x: 0.37, y: 0.32 }; // where a cell of the depth goes, for a cell of the width

/** Half the width of a break in an edge, in pixels. */
export const BREAK = 2;

/**
 * How far to the right and up a depth goes.
 *
 * @param {number} depth
 * @returns {Point}
 */
export const slant = (depth) => [depth * SLANT.x, depth * SLANT.y];

/** @param {number} number */
const short = (number) => String(Math.round(number * 10) / 10);

/** @param {Point[]} points */
export const line = (points) => `M${points.map((point) => point.map(short).join(" ")).join("L")}`;

/** @param {Point[]} points */
const face = (points) => `${line(points)}Z`;

/** @param {Record<string, unknown>} attributes */
export const written = (attributes) =>
  Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${value}"`)
    .join("");

/**
 * @param {string} type
 * @param {string} d
 * @param {Record<string, unknown>} [attributes]
 */
export const path = (type, d, attributes = {}) =>
  d && `<path class="${type}" d="${d}"${written(attributes)}/>`;

/**
 * The mark of a break where a line crosses the edges of a solid: two strokes with nothing between.
 *
 * @param {Point[]} points
 * @param {Point} along - the direction of the edges
 */
const cut = (points, along) => {
  const length = Math.hypot(...along) || 1;
  const [right, down] = along.map((distance) => distance / length);
  /** @param {number} shift */
  const strokes = (shift) =>
    points
      .map(([x, y]) => [x + shift * right, y + shift * down])
      .map(([x, y]) => {
        const [leanX, leanY] = [1.5 * right - 4.5 * down, 1.5 * down + 4.5 * right];
        return line([
          [x - leanX, y - leanY],
          [x + leanX, y + leanY],
        ]);
      })
      .join("");
  return path("break", strokes(0)) + path("break edge", strokes(-BREAK) + strokes(BREAK));
};

/**
 * The lines inside an edge where one cell ends and another begins.
 *
 * @param {Span} span
 */
const between = ({ cells, pixels }) => {
  const places = new Set(cells.flatMap(({ from, to }) => [from, to]));
  return [...places].filter((place) => place > 0.01 && place < pixels - 0.01);
};

/**
 * Draw one part of a solid.
 *
 * @param {Solid} solid
 * @param {number} place - of the part
 * @param {boolean} withCells
 */
const drawPart = ({ x, y, parts, height, depth, roles }, place, withCells) => {
  const { name, width } = parts[place];
  const last = place === parts.length - 1; // the side belongs to it
  const from = parts.slice(0, place).reduce((sum, part) => sum + part.width.pixels, 0);
  const to = from + width.pixels;
  /**
   * A place in the solid: across from its left, down from its top, back from its front.
   *
   * @param {number} across
   * @param {number} down
   * @param {number} back
   * @returns {Point}
   */
  const at = (across, down, back) => {
    const [right, up] = slant(back);
    return [x + across + right, y + down - up];
  };
  const [bottom, far] = [height.pixels, depth.pixels];
  /** @type {{ span: Span, axis: Role | undefined, along: Point, loop: (place: number) => Point[] }[]} */
  const edges = [
    {
      span: width,
      axis: "features",
      along: [1, 0],
      loop: (across) => [
        at(from + across, bottom, 0),
        at(from + across, 0, 0),
        at(from + across, 0, far),
      ],
    },
    {
      span: height,
      axis: roles.height,
      along: [0, 1],
      loop: (down) => [at(from, down, 0), at(to, down, 0), ...(last ? [at(to, down, far)] : [])],
    },
    {
      span: depth,
      axis: roles.depth,
      along: [SLANT.x, -SLANT.y],
      loop: (back) => [at(from, 0, back), at(to, 0, back), ...(last ? [at(to, bottom, back)] : [])],
    },
  ];
  return [
    `<g class="part ${name}" data-part="${name}">`,
    path("front", face([at(from, 0, 0), at(to, 0, 0), at(to, bottom, 0), at(from, bottom, 0)])),
    path("top", face([at(from, 0, 0), at(from, 0, far), at(to, 0, far), at(to, 0, 0)])),
    last
      ? path("side", face([at(to, 0, 0), at(to, 0, far), at(to, bottom, far), at(to, bottom, 0)]))
      : "",
    path("grid", edges.flatMap(({ span, loop }) => between(span).map(loop).map(line)).join("")),
    ...(withCells ? edges : []).flatMap(({ span, axis, loop }) =>
      span.cells.map((cell) =>
        path("cell", face([...loop(cell.from), ...loop(cell.to).reverse()]), {
          "data-axis": axis,
          "data-index": cell.index,
        }),
      ),
    ),
    ...edges.map(({ span, along, loop }) => (span.gap ? cut(loop(span.gap), along) : "")),
    "</g>",
  ].join("");
};

/**
 * @param {Solid} solid
 * @param {boolean} withCells - each cell of an edge as an element that can be lit
 */
export const draw = (solid, withCells) => {
  const parts = solid.parts.map((_, place) => drawPart(solid, place, withCells)).join("");
  return solid.attributes ? `<g${written(solid.attributes)}>${parts}</g>` : parts;
};
