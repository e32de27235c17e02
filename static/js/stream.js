// Which task comes next: a few are read ahead, so that the next one is there when it is wanted.
import { get } from "./api.js";

const AHEAD = 3;
const BY_SCORE = /^prediction-score|^Uncertainty/; // the next one depends on what is being saved

export class Stream {
  #ahead = [];
  #reading = null;
  #excluded;
  #scored;

  #allowed;

  // `excluded()` are the tasks that somebody works on or that are on their way to the server;
  // `allowed(work)` says whether this page may load the media of a task.
  constructor(sampling, excluded, allowed) {
    this.#allowed = allowed;
    this.#scored = BY_SCORE.test(sampling);
    this.#excluded = excluded;
  }

  // Reads ahead until enough is there; quiet when the server is away, the next wish will tell.
  async prefetch() {
    if (this.#scored || this.#reading) return;
    this.#reading = this.#fill().catch(() => {});
    await this.#reading;
    this.#reading = null;
  }

  async #fill() {
    while (this.#ahead.length < AHEAD) {
      const work = await this.#read();
      if (!work.task || this.#knows(work.task.id)) return;
      this.#ahead.push(work);
      if (this.#allowed(work)) warm(work.task.data);
    }
  }

  #read() {
    const ids = [...this.#excluded(), ...this.#ahead.map((work) => work.task.id)];
    return get(`api/label/next?exclude=${[...new Set(ids)].join(",")}`);
  }

  #knows(id) {
    return this.#excluded().has(id) || this.#ahead.some((work) => work.task.id === id);
  }

  // The next task at once, or null when none was read ahead.
  take() {
    this.#ahead = this.#ahead.filter((work) => !this.#excluded().has(work.task.id));
    return this.#ahead.shift() ?? null;
  }

  // The next task; its `task` is null when there is none left.
  async next() {
    await this.#reading;
    return this.take() ?? this.#read();
  }

  // Somebody else has it now.
  forget(id) {
    this.#ahead = this.#ahead.filter((work) => work.task.id !== id);
  }
}

// Lets the browser fetch the images of a task before it is shown.
function warm(data) {
  for (const value of Object.values(data ?? {})) {
    if (typeof value === "string" && /^\S+\.(png|jpe?g|gif|webp|bmp|avif)(\?\S*)?$/i.test(value)) {
      new Image().src = value;
    }
  }
}
