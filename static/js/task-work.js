// The completions of the task that is shown: choosing one, beginning one, its star, deleting it.
import { text } from "./label-text.js";
import { uuid } from "./saved-as.js";
import { toast } from "./toast.js";

export class TaskWork {
  #session;
  #editor;
  #outbox;
  #tally;

  constructor(session, { editor, outbox, tally }) {
    this.#session = session;
    this.#editor = editor;
    this.#outbox = outbox;
    this.#tally = tally;
  }

  get #current() {
    return this.#session.current;
  }

  async select(key) {
    await this.#editor.finishing;
    this.#editor.select(key);
    this.#noted();
  }

  // A new completion, blank or with a result to begin with.
  add(result = null, about = {}) {
    this.#editor.add(result, about);
    this.#current.ref = uuid();
    this.#noted();
  }

  #noted() {
    this.#current.snapshot = this.#editor.snapshot;
    this.#session.tell("changed");
  }

  copy() {
    this.add(this.#editor.work().result, { edited: true });
  }

  // The prediction that is chosen, or the first, becomes a completion to work on.
  accept() {
    const predictions = this.#editor.items().filter((item) => item.kind === "prediction");
    const chosen = predictions.find((item) => item.selected) ?? predictions[0];
    if (chosen) this.add(chosen.result, { from: chosen.by || chosen.key, edited: true });
  }

  star() {
    const work = this.#editor.work();
    if (!work || work.kind === "prediction") return;
    const on = !work.star;
    this.#editor.note(work.key, { star: on });
    if (work.kind === "completion") {
      const { id: completionId, ref } = work;
      const body = { honeypot: on };
      this.#outbox.add({ kind: "star", taskId: this.#current.id, completionId, ref, body });
    }
    this.#session.tell("changed");
  }

  remove() {
    const work = this.#editor.work();
    if (work?.kind !== "completion") return;
    const { id: completionId, ref, stored } = work;
    const taskId = this.#current.id;
    const { seq } = this.#outbox.add({ kind: "remove", taskId, completionId, ref });
    const isOpen = this.#session.completions().length === 0;
    const counted = { completed: Number(isOpen), skipped: Number(stored.skipped) };
    this.#tally.count(counted, -1);
    this.#session.dropDraft();
    this.#session.again();
    const run = () => {
      if (!this.#outbox.cancel(seq)) this.#bringBack(taskId, stored);
      this.#tally.count(counted);
      if (this.#current?.id === taskId) this.#session.again();
    };
    toast(text.deleted, { action: { title: text.bringBack, run } });
  }

  // Under a new id, for the old one is gone.
  #bringBack(taskId, { result, leadTime, star, skipped }) {
    const ref = uuid();
    const body = { result, lead_time: leadTime, unique_id: ref };
    if (star) body.honeypot = true;
    this.#outbox.add({ kind: skipped ? "skip" : "create", taskId, ref, body });
  }
}
