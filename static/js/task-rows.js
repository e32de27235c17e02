// The rows of the table, fetched as they come into sight: a hundred at a time, the last ones kept.
import { get } from "./api.js";
import { parameters } from "./task-state.js";

const CHUNK = 100;
const KEPT = 60; // chunks
const AT_ONCE = 3;

export class Rows {
  #chunks = new Map(); // number → rows; the least recently used is first
  #asked = new Map(); // number → AbortController
  #wished = [];
  #changed;
  #failed;
  #version = null;

  total = null; // how many match; null: not known yet
  all = 0; // how many there are

  constructor(changed, failed) {
    this.#changed = changed;
    this.#failed = failed;
  }

  // Another question: what was known of the one before is of no use.
  reset() {
    for (const controller of this.#asked.values()) controller.abort();
    this.#asked.clear();
    this.#chunks.clear();
    this.#wished = [];
    this.total = null;
    this.#fetch(0);
  }

  // The row at this place, or null while it is on its way.
  at(index) {
    return this.#chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK] ?? null;
  }

  // Rows that are known already.
  *known() {
    for (const rows of this.#chunks.values()) yield* rows;
  }

  // These rows are in sight. What is not wanted any more is not fetched.
  show(first, last) {
    const numbers = [];
    for (let at = Math.floor(first / CHUNK); at <= Math.floor(Math.max(last, 0) / CHUNK); at += 1) numbers.push(at);
    for (const [number, controller] of this.#asked) {
      if (!numbers.includes(number) && number !== 0) {
        controller.abort();
        this.#asked.delete(number);
      }
    }
    for (const number of numbers.filter((at) => this.#chunks.has(at))) {
      const rows = this.#chunks.get(number); // used just now
      this.#chunks.delete(number);
      this.#chunks.set(number, rows);
    }
    this.#wished = numbers.filter((at) => !this.#chunks.has(at) && !this.#asked.has(at));
    this.#next();
  }

  // Fetch again what is in sight, keeping the old rows until the new ones are there.
  async refresh(first, last) {
    const from = Math.floor(first / CHUNK) * CHUNK;
    const answer = await this.#ask(from, Math.min(last - from + 1, 5 * CHUNK));
    if (answer.version === this.#version) return false;
    this.#chunks.clear();
    this.#keep(from, answer);
    return true;
  }

  #next() {
    while (this.#wished.length && this.#asked.size < AT_ONCE) this.#fetch(this.#wished.shift());
  }

  async #fetch(number) {
    const controller = new AbortController();
    this.#asked.set(number, controller);
    try {
      const answer = await this.#ask(number * CHUNK, CHUNK, controller.signal);
      if (this.#version !== answer.version) this.#chunks.clear();
      this.#keep(number * CHUNK, answer);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#failed(error);
    } finally {
      if (this.#asked.get(number) === controller) this.#asked.delete(number);
    }
    this.#next();
  }

  async #ask(start, count, signal) {
    const given = parameters();
    given.set("start", start);
    given.set("count", count);
    return get(`api/table?${given}`, { signal });
  }

  #keep(start, { rows, total, all, version }) {
    this.#version = version;
    this.total = total;
    this.all = all;
    for (let at = 0; at < rows.length; at += CHUNK) {
      this.#chunks.set((start + at) / CHUNK, rows.slice(at, at + CHUNK));
    }
    while (this.#chunks.size > KEPT) this.#chunks.delete(this.#chunks.keys().next().value);
    this.#changed();
  }
}
