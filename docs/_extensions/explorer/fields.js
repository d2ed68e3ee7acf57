// The fields of the form: what stands in them, what is wrong with it, and the address that holds it.

import { batchOf } from "../tensors/shapes.js";
import { fill } from "../tensors/words.js";
import { readAddress } from "./address.js";

/** @typedef {Record<string, string>} Errors - what is wrong, by field */

/**
 * A whole number, exact whatever its size, or nothing if the text is none.
 *
 * @param {string} text
 * @param {number} minimum
 */
const size = (text, minimum = 1) => {
  const number = /^\s*\+?\d+\s*$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
  return number !== undefined && number >= minimum ? number : undefined;
};

/** @param {string} text */
const probability = (text) => {
  const number = /^\s*\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : -1;
  return number >= 0 && number <= 1 ? number : undefined;
};

/** @param {string} text */
const sizes = (text) => {
  const parts = text.replace(/,\s*$/, "").split(","); // Python allows a last comma too
  const numbers = parts.map((part) => size(part)).filter((number) => number !== undefined);
  return numbers.length === parts.length ? numbers : undefined;
};

export class Fields {
  /**
   * @param {HTMLFormElement} form
   * @param {import("./answer.js").Rules} rules
   * @param {Record<string, string>} messages
   */
  constructor(form, rules, messages) {
    this.rules = rules;
    this.messages = messages;
    this.all = /** @type {HTMLInputElement[]} */ ([...form.elements]).filter(({ name }) => name);
    this.byName = Object.fromEntries(this.all.map((field) => [field.name, field]));
    this.usual = this.all.map((field) => [field.name, this.textOf(field)]);
  }

  /**
   * What an address holds of a field.
   *
   * @param {HTMLInputElement} field
   */
  textOf({ type, checked, value }) {
    return type === "checkbox" ? (checked ? "True" : "False") : value.trim();
  }

  /**
   * Read all fields, and say beside each what is wrong with it. A field in which somebody is about
   * to type is not wrong while it is empty: it waits.
   *
   * @returns {{ state: import("./answer.js").State, errors: Errors, waits: boolean }} what was
   *   refused is not there
   */
  read() {
    /** @type {Record<string, any>} */
    const state = Object.fromEntries(this.all.map((field) => [field.name, this.valueOf(field)]));
    this.disable(state);
    /** @type {Errors} */
    const errors = {};
    let waits = false;
    for (const field of this.all) {
      const { name, disabled, value } = field;
      if (disabled) state[name] = this.rules.defaults[name];
      else if (state[name] !== undefined) continue;
      else if (field === document.activeElement && value.trim() === "") waits = true;
      else errors[name] = this.message(name);
    }
    if (state.proj_size !== undefined) state.proj_size = BigInt(state.proj_size);
    if (state.proj_size >= state.hidden_size) errors.proj_size = this.messages.projection;
    if (state.lengths) Object.assign(state, batchOf(state.lengths));
    this.explain(errors);
    return { state: /** @type {import("./answer.js").State} */ (state), errors, waits };
  }

  /**
   * Disable the fields that have no effect. Where that hangs on a refused value, they stay as is.
   *
   * @param {Record<string, any>} state
   */
  disable(state) {
    for (const [name, [other, wanted]] of Object.entries(this.rules.applies)) {
      const value = state[other];
      if (value === undefined) continue;
      const applies = Array.isArray(wanted) ? wanted.includes(value) : value >= wanted;
      this.byName[name].disabled = !applies;
    }
  }

  /** @param {Errors} errors */
  explain(errors) {
    for (const field of this.all.filter(({ type }) => type === "text")) {
      field.setAttribute("aria-invalid", String(field.name in errors));
      const place = document.getElementById(field.getAttribute("aria-describedby"));
      place.textContent = errors[field.name] ?? "";
    }
  }

  /** @param {HTMLInputElement} field */
  valueOf({ name, type, checked, value }) {
    if (type === "checkbox") return checked;
    if (type !== "text") return value;
    if (name === "lengths") return sizes(value);
    if (name === "dropout") return probability(value);
    return size(value, this.rules.minima[name]);
  }

  /** @param {string} name */
  message(name) {
    const minimum = this.rules.minima[name] ?? 1;
    return fill(this.messages[name] ?? this.messages.size, { minimum });
  }

  /**
   * Count up or down, as a field for numbers does; return whether that gives another number.
   *
   * @param {HTMLInputElement} field
   * @param {bigint} step
   */
  count(field, step) {
    const number = field.inputMode === "numeric" ? size(field.value, 0) : undefined;
    if (number === undefined || number + step < (this.rules.minima[field.name] ?? 1)) return false;
    field.value = String(number + step);
    return true;
  }

  /** The address of the fields that apply, without what stands in them at first. */
  get address() {
    const applied = this.all.filter(({ disabled }) => !disabled);
    const texts = applied.map((field) => [field.name, this.textOf(field)]);
    const usual = Object.fromEntries(this.usual);
    const told = texts.filter(([name, text]) => name === "kind" || text !== usual[name]);
    return `#${new URLSearchParams(told)}`;
  }

  /**
   * Read an address.
   *
   * @param {string} query
   * @param {string} hash
   */
  readAddress(query, hash) {
    const kept = this.all.map(({ name, type, tagName }) => ({
      name,
      flag: type === "checkbox",
      ...(tagName === "SELECT" && { options: this.optionsOf(name) }),
    }));
    return readAddress(query, hash, kept, this.rules.pasted.names);
  }

  /** @param {string} name */
  optionsOf(name) {
    const select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this.byName[name]));
    return [...select.options].map(({ value }) => value);
  }

  /**
   * Set some fields.
   *
   * @param {Record<string, string>} values
   * @param {boolean} [others] - whether the other fields stay as they are; else they get what stands
   *   in them at first
   */
  set(values, others = false) {
    for (const [name, usual] of this.usual) {
      const value = values[name] ?? (others ? undefined : usual);
      const field = this.byName[name];
      if (value === undefined) continue;
      if (field.type === "checkbox") field.checked = value === "True";
      else field.value = field.type === "text" ? value.slice(0, field.maxLength) : value;
    }
  }
}
