// What the build of the site calls; sizes come as JSON.

import { block, fit } from "./block.js";
import { figuresOf, shapesOf } from "./figures.js";
import { describe, layerFrom } from "./shapes.js";
import { tupleOf } from "./tuple.js";

/**
 * @param {import("./shapes.js").Rules} rules
 * @param {Record<string, unknown>} layer
 */
const described = (rules, layer) => describe(rules, layerFrom(layer));

export { block, described, figuresOf, fit, shapesOf, tupleOf };
