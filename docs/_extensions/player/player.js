// The player: a reader steps through the unrolled layer, lets it run, and asks what a cell is.

import { fill } from "../tensors/words.js";
import { cellFrom, gridOf, keyOf } from "./grid.js";
import { moved } from "./keys.js";
import { numberOf } from "./values.js";
import { endOf, lookingAt, notesOf, playerOf, Unrolled } from "./view.js";
import { piecesOf, positionOf } from "./words.js";

const PACE = 800; // milliseconds between two steps
const COLUMNS = { narrow: 51, wide: 60 }; // pixels of a step, as player.css has them
const WIDE = 560; // pixels of a wide player
const BESIDE = 92; // of what stands beside all steps
const FEWEST = 3; // columns
const MOST = 12;

/** @typedef {import("./grid.js").Cell} Cell */

const still = matchMedia("(prefers-reduced-motion: reduce)");

class Player {
  /**
   * @param {HTMLElement} root
   * @param {Record<string, any>} given - the layer and its input, and maybe its numbers
   */
  constructor(root, given) {
    this.root = root;
    /** @type {import("./grid.js").Known} */
    this.known = JSON.parse(document.getElementById("player-data").textContent);
    /** @type {import("./values.js").Numbers | undefined} */
    this.numbers = given.numbers;
    root.classList.add("player");
    this.update(given);
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("input", ({ target }) => {
      const { value } = /** @type {HTMLInputElement} */ (target);
      this.byHand(BigInt(Math.round(Number(value))));
    });
    root.addEventListener("keydown", (event) => this.key(event));
    still.addEventListener("change", () => this.show());
    new ResizeObserver(() => this.resize()).observe(root);
    if (!this.numbers) this.fetchInView();
  }

  /**
   * Show another layer, when all of it is computed.
   *
   * @param {Record<string, any>} given
   */
  update(given) {
    this.pause();
    this.unrolled = new Unrolled(this.known.rules, given);
    this.state = { ...endOf(this.unrolled, this.columns), live: true, numbers: this.numbers };
    this.root.innerHTML = playerOf(this.known, this.unrolled, this.state);
    this.show();
  }

  /**
   * Light the cells of a tensor, or of a row of a state, and bring them into view; without a tensor
   * none is lit.
   *
   * @param {string} [tensor]
   * @param {bigint | number} [row]
   */
  light(tensor, row) {
    const known = tensor !== undefined && tensor in this.known.rules.cells;
    const lit = known ? { tensor, ...(row !== undefined && { row: BigInt(row) }) } : undefined;
    this.set({ lit, ...(lit && { looking: this.lookingAtTensor(tensor, lit.row) }) });
  }

  /** @param {string} tensor @param {bigint} [row] */
  lookingAtTensor(tensor, row) {
    const { directions, layer, rules } = this.unrolled;
    const count = BigInt(directions.length);
    const { looking } = this.state;
    const place = rules.cells[tensor].layer?.[directions[0]];
    const own = place === undefined ? looking.layer : place < 0 ? layer.num_layers - 1n : 0n;
    const some = row === undefined ? directions : [directions[Number(row % count)]];
    const steps = some.map((direction) => {
      const cell = { layer: 0n, direction, step: 0n, sequence: 0n };
      return rules.cells[tensor].step ? this.unrolled.stepAt(tensor, cell) : looking.steps[0];
    });
    return { steps, layer: row === undefined ? own : row / count };
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
    this.show();
  }

  show() {
    const { root, known, unrolled, state } = this;
    const { texts } = known;
    /** @param {string} selector */
    const find = (selector) => /** @type {HTMLElement} */ (root.querySelector(selector));
    const inside = find(".player-grid").contains(document.activeElement);
    find(".player-grid").innerHTML = gridOf(known, unrolled, state);
    find(".player-pieces").innerHTML = piecesOf(unrolled, texts, state.selected);
    find(".player-note").innerHTML = notesOf(known, unrolled, state);
    const position = positionOf(unrolled, texts, state.tick);
    find(".player-position").innerHTML = position;
    const range = /** @type {HTMLInputElement} */ (find("[type=range]"));
    range.value = String(state.tick);
    range.setAttribute("aria-valuetext", position);
    range.style.setProperty("--passed", `${(100 * Number(state.tick)) / Number(unrolled.ticks)}%`);
    const play = state.playing ? `❚❚ ${texts.pause}` : `▶\uFE0E ${texts.play}`;
    const text = still.matches ? `▶\uFE0E| ${texts.step_on}` : play;
    if (find("[data-move=play]").innerHTML !== text) find("[data-move=play]").innerHTML = text;
    find("[data-move=on]").hidden = still.matches;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (
      root.querySelectorAll("[data-light]")
    )) {
      const on = state.lit?.tensor === button.dataset.light;
      button.setAttribute("aria-pressed", String(on));
    }
    this.describe(inside);
  }

  /**
   * The selected cell is the one that Tab reaches, if it is in view; what is said of it belongs to it.
   *
   * @param {boolean} focus
   */
  describe(focus) {
    const cells = /** @type {NodeListOf<HTMLElement>} */ (
      this.root.querySelectorAll("[data-cell]")
    );
    const selected = this.root.querySelector("[aria-selected=true]") ?? cells[0];
    const cell = /** @type {HTMLElement} */ (selected);
    const pieces = this.root.querySelector(".player-pieces");
    pieces.id ||= `player-${Math.random().toString(36).slice(2)}`;
    cell.tabIndex = 0;
    cell.setAttribute("aria-describedby", pieces.id);
    if (focus) cell.focus({ preventScroll: true });
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
    this.say();
  }

  say() {
    const { unrolled, known, state } = this;
    const { texts, computed } = known;
    const cells = unrolled.cellsAt(state.tick, state.selected.sequence).map((cell) =>
      fill(texts.now, {
        direction: texts[cell.direction],
        step: cell.step,
        number: numberOf(computed, this.numbers, unrolled, cell) ?? texts.computed,
      }),
    );
    const position = positionOf(unrolled, texts, state.tick);
    const said = fill(texts.said, { position, cells: cells.join("; ") });
    this.root.querySelector("[role=status]").innerHTML = said;
  }

  play() {
    const { tick } = this.state;
    const from = tick >= this.unrolled.ticks ? 0n : tick;
    if (still.matches) {
      this.byHand(from + 1n);
      return;
    }
    this.root.querySelector("[role=status]").textContent = "";
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

  /** @param {MouseEvent} event */
  click({ target }) {
    const place = /** @type {HTMLElement} */ (
      /** @type {Element} */ (target).closest("[data-move], [data-light], [data-cell]")
    );
    const { move, light, cell } = place?.dataset ?? {};
    if (cell) this.select(cellFrom(cell));
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
    const place = /** @type {HTMLElement} */ (this.root.querySelector("[aria-selected=true]"));
    place.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const cell = target.dataset.cell;
    const to = cell && moved(this.unrolled, cellFrom(cell), event.key);
    const done = to ? this.select(to) !== null : this.barKey(target, event.key);
    if (done) event.preventDefault();
  }

  /**
   * In the bar Space plays, and arrows step; a button or the progress does so by itself.
   *
   * @param {HTMLElement} target
   * @param {string} key
   */
  barKey(target, key) {
    if (!target.closest(".player-bar")) return false;
    const { tick } = this.state;
    /** @type {Record<string, () => void>} */
    const keys = {
      " ": () => this.move("play"),
      ArrowLeft: () => this.byHand(tick - 1n),
      ArrowRight: () => this.byHand(tick + 1n),
      Home: () => this.byHand(0n),
      End: () => this.byHand(this.unrolled.ticks),
    };
    if (!(key in keys) || (key === " " && target.matches("button"))) return false;
    keys[key]();
    return true;
  }

  // ---- Numbers that do not stand in the page

  fetchInView() {
    const observer = new IntersectionObserver(async (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      const answer = await fetch(this.known.address);
      if (!answer.ok) return; // places are shown all the same
      this.numbers = await answer.json();
      this.set({ numbers: this.numbers });
    });
    observer.observe(this.root);
  }
}

/**
 * Put a player into an element.
 *
 * @param {HTMLElement} root
 * @param {Record<string, any>} given - the arguments of the layer, seq_len, batch_size or lengths
 */
export const mount = (root, given) => new Player(root, given);
