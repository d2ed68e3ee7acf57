// The player: a reader steps through the unrolled layer, lets it run, and asks what a cell is.

import { fetchedInView } from "./fetched.js";
import { cellFrom, keyOf } from "./grid.js";
import { moved } from "./keys.js";
import { lookingAt, lookingAtTensor } from "./looking.js";
import { paint, reached } from "./paint.js";
import { endOf, playerOf, Unrolled } from "./view.js";
import { saidOf } from "./words.js";

const PACE = 800; // milliseconds between two steps
const COLUMNS = { narrow: 51, wide: 60 }; // pixels of a step, as player.css has them
const WIDE = 560; // pixels of a wide player
const BESIDE = 92; // of what stands beside all steps
const FEWEST = 3; // columns
const MOST = 12;

/** @typedef {import("./grid.js").Cell} Cell */

const still = matchMedia("(prefers-reduced-motion: reduce)");
let players = 0;

class Player {
  /**
   * @param {HTMLElement} root
   * @param {Record<string, any>} given - the layer and its input, and maybe its numbers
   * @param {import("./order.js").Rules} [rules] - where the tool has them; else the page does
   */
  constructor(root, given, rules) {
    this.root = root;
    const known = JSON.parse(document.getElementById("player-data").textContent);
    /** @type {import("./grid.js").Known} */
    this.known = { ...known, rules: rules ?? known.rules };
    /** @type {import("./values.js").Numbers | undefined} */
    this.numbers = given.numbers;
    this.id = `player-${++players}`;
    root.classList.add("player");
    this.update(given);
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("input", ({ target }) => {
      const { value } = /** @type {HTMLInputElement} */ (target);
      this.byHand(BigInt(Math.round(Number(value))));
    });
    root.addEventListener("keydown", (event) => this.key(event));
    still.addEventListener("change", () => {
      this.pause();
      this.set({ still: still.matches });
    });
    new ResizeObserver(() => this.resize()).observe(root);
    if (!this.numbers) this.fetch();
  }

  async fetch() {
    this.numbers = await fetchedInView(this.root, this.known.address);
    this.set({ numbers: this.numbers });
  }

  /**
   * Show another layer, when all of it is computed.
   *
   * @param {Record<string, any>} given
   */
  update(given) {
    this.pause();
    this.unrolled = new Unrolled(this.known.rules, given);
    this.state = {
      ...endOf(this.unrolled, this.columns),
      live: true,
      still: still.matches,
      numbers: this.numbers,
    };
    const range = this.root.querySelector("[type=range]");
    // what stands there stays, or a finger that is on it would touch nothing
    if (range) range.setAttribute("max", String(this.unrolled.ticks));
    else this.root.innerHTML = playerOf(this.known, this.unrolled, this.state);
    this.root.querySelector(".player-pieces").id = this.id;
    this.say("");
    this.set({});
  }

  /**
   * Light the cells of a tensor, or of a row of a state, and bring them into view; without a tensor
   * none is lit.
   *
   * @param {string} [tensor]
   * @param {bigint | number} [row]
   */
  light(tensor, row) {
    if (!this.known.rules.cells[tensor]) {
      this.set({ lit: undefined });
      return;
    }
    const lit = { tensor, row: row === undefined ? undefined : BigInt(row) };
    this.set({ lit, looking: lookingAtTensor(this.unrolled, this.state.looking, lit) });
  }

  /** The columns that have room. */
  get columns() {
    const { clientWidth } = this.root;
    const column = clientWidth < WIDE ? COLUMNS.narrow : COLUMNS.wide;
    const room = Math.floor((clientWidth - BESIDE) / column);
    return Math.max(FEWEST, Math.min(MOST, room));
  }

  resize() {
    const { columns } = this;
    if (columns !== this.state.columns) this.set({ columns });
  }

  /** @param {Partial<import("./grid.js").State>} changes */
  set(changes) {
    this.state = { ...this.state, ...changes };
    paint(this.root, this.known, this.unrolled, this.state);
  }

  // ---- Steps

  /** @param {bigint} tick */
  go(tick) {
    const { ticks } = this.unrolled;
    const to = tick < 0n ? 0n : tick > ticks ? ticks : tick;
    this.set({ tick: to, looking: lookingAt(this.unrolled, to) });
  }

  /**
   * A step that a reader makes is said.
   *
   * @param {bigint} tick
   */
  byHand(tick) {
    this.pause();
    this.go(tick);
    this.say(saidOf(this.known, this.unrolled, this.state));
  }

  /** @param {string} text */
  say(text) {
    this.root.querySelector("[role=status]").innerHTML = text;
  }

  play() {
    const { tick } = this.state;
    const from = tick >= this.unrolled.ticks ? 0n : tick;
    if (still.matches) {
      this.byHand(from + 1n);
      return;
    }
    this.say("");
    this.set({ playing: true });
    this.go(from + 1n);
    this.timer = setInterval(() => {
      if (this.state.tick >= this.unrolled.ticks) this.pause();
      else this.go(this.state.tick + 1n);
    }, PACE);
  }

  pause() {
    clearInterval(this.timer);
    if (this.state?.playing) this.set({ playing: false });
  }

  // ---- What a reader does

  /**
   * What a reader has pressed, maybe before the player was awake.
   *
   * @param {Event} event
   */
  click({ target }) {
    const place = /** @type {HTMLElement} */ (
      /** @type {Element} */ (target).closest("[data-move], [data-light], [data-cell], [data-at]")
    );
    const { move, light, cell, at } = place?.dataset ?? {};
    if (cell ?? at) this.select(cellFrom(cell ?? at));
    else if (light) this.light(this.state.lit?.tensor === light ? undefined : light);
    else if (move) this.move(move);
  }

  /** @param {string} move */
  move(move) {
    const { tick, playing } = this.state;
    if (move === "back") this.byHand(tick - 1n);
    else if (move === "on") this.byHand(tick + 1n);
    else if (playing) this.pause();
    else this.play();
  }

  /** @param {Cell} cell */
  select(cell) {
    this.pause();
    const inView = this.root.querySelector(`[data-cell="${keyOf(cell)}"]`);
    const looking = inView ? this.state.looking : { steps: [cell.step], layer: cell.layer };
    this.set({ selected: cell, looking });
    reached(this.root).focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const act = target.dataset.cell
      ? this.cellKey(cellFrom(target.dataset.cell), event.key)
      : target.closest(".player-bar") && this.barKey(target, event.key);
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {Cell} cell @param {string} key */
  cellKey(cell, key) {
    const to = moved(this.unrolled, cell, key);
    return to && (() => this.select(to));
  }

  /**
   * In the bar Space plays, and arrows step; a button does by itself what Space asks of it.
   *
   * @param {HTMLElement} target
   * @param {string} key
   */
  barKey(target, key) {
    if (key === " " && target.matches("button")) return undefined;
    const { tick } = this.state;
    /** @type {Record<string, () => void>} */
    const keys = {
      " ": () => this.move("play"),
      ArrowLeft: () => this.byHand(tick - 1n),
      ArrowRight: () => this.byHand(tick + 1n),
      Home: () => this.byHand(0n),
      End: () => this.byHand(this.unrolled.ticks),
    };
    return keys[key];
  }
}

/**
 * Put a player into an element.
 *
 * @param {HTMLElement} root
 * @param {Record<string, any>} given - the arguments of the layer, layout, seq_len, batch_size, lengths
 * @param {import("./order.js").Rules} [rules] - of a tool that has told so: data-player="rules"
 */
export const mount = (root, given, rules) => new Player(root, given, rules);
