// Which task comes next: a few are read ahead, so that the next one is there when it is wanted.
import { get } from "./api.js";

const AHEAD = 3;
const BY_SCORE = /^prediction-score|^Uncertainty/; // the next one depends on what is being saved

export class Stream {
  #ahead = [];
  #reading = null;
  #turn = 0; // changes when what is being read may be no longer true
  #source;
  #allowed;

  // `source` is one of those below; `allowed(work)` says whether this page may load the media of
  // a task.
  constructor(source, allowed) {
    this.#source = source;
    this.#allowed = allowed;
  }

  // Reads ahead until enough is there; quiet when the server is away, the next wish will tell.
  async prefetch() {
    if (!this.#source.isPlanned || this.#reading) return;
    this.#reading = this.#fill().catch(() => {});
    await this.#reading;
    this.#reading = null;
  }

  async #fill() {
    while (this.#ahead.length < AHEAD) {
      const turn = this.#turn;
      const work = await this.#read();
      if (turn !== this.#turn) continue;
      if (!work.task || !this.#source.fits(work, this.#ahead)) return;
      this.#ahead.push(work);
      if (this.#allowed(work)) warm(work.task.data);
    }
  }

  #read() {
    return get(this.#source.address(this.#ahead.map((work) => work.task.id)));
  }

  // The next task at once, or null when none was read ahead.
  take() {
    this.#ahead = this.#ahead.filter((work) => this.#source.fits(work, []));
    return this.#ahead.shift() ?? null;
  }

  // The next task; its `task` is null when there is none left.
  async next() {
    await this.#reading;
    return this.take() ?? this.#read();
  }

  // What is known of a task is no longer true: it was saved, here or by somebody else.
  forget(id) {
    this.#turn += 1;
    this.#ahead = this.#source.without(this.#ahead, id);
  }
}

// Sources say what is asked for when some tasks were read ahead, and which of them are still good.
// The order of the project, without tasks that somebody works on or that are on their way to the
// server, as `excluded()` says.
export class Sampled {
  #excluded;

  constructor(sampling, excluded) {
    this.isPlanned = !BY_SCORE.test(sampling);
    this.#excluded = excluded;
  }

  address(ahead) {
    return `api/label/next?exclude=${[...new Set([...this.#excluded(), ...ahead])].join(",")}`;
  }

  fits({ task }, ahead) {
    return !this.#excluded().has(task.id) && !ahead.some((work) => work.task.id === task.id);
  }

  without(ahead, id) {
    return ahead.filter((work) => work.task.id !== id);
  }
}

// The tasks that a query finds, each once, whoever works on them.
export class Selected {
  isPlanned = true;
  #question;
  #last = null; // {id, position, total} of the one that is furthest of those that were shown

  constructor(question) {
    this.#question = question;
  }

  // A task is shown, and where it stands. Another total is that of a selection that was made anew.
  visit(id, { position, total }) {
    const isNew = total !== this.#last?.total;
    if (position !== null && (isNew || position > this.#last.position)) this.#last = { id, position, total };
  }

  address(ahead) {
    const after = ahead.at(-1) ?? this.#last?.id ?? null;
    return `api/label/next?${this.#question}${after === null ? "" : `&after=${after}`}`;
  }

  fits() {
    return true;
  }

  // From there on it is read again.
  without(ahead, id) {
    const at = ahead.findIndex((work) => work.task.id === id);
    return at < 0 ? ahead : ahead.slice(0, at);
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
