// Why a task was skipped: asked for beside the work, and never waited for.
import { el } from "./dom.js";
import * as keys from "./keys.js";
import { text } from "./label-text.js";
import { toast } from "./toast.js";

const REMEMBERED = 12; // reasons that are offered again
const LONGEST = 500;

export class SkipReason {
  #outbox;
  #key;
  #last = null; // {taskId, ref, completionId} of what was skipped last
  #shown = null;
  #input = null;

  constructor(outbox, project) {
    this.#outbox = outbox;
    this.#key = `lsl:${project}:reasons`;
  }

  get canAsk() {
    return this.#last !== null;
  }

  // A task was skipped; the work goes on at the next one.
  offer(skipped) {
    this.#shown?.close();
    this.#last = skipped;
    const label = text.whySkipped(skipped.taskId);
    const action = keys.all().find(({ id }) => id === "skip-reason");
    const chord = keys.keysOf(action)[0];
    const hint = chord ? ` (${keys.shown(chord).join(" ")})` : "";
    this.#input = el("input.input", {
      placeholder: text.why + hint,
      "aria-label": label,
      maxlength: LONGEST,
      list: "skip-reasons",
      autocomplete: "off",
      data: { keys: "own" },
      onkeydown: (event) => this.#pressed(event),
    });
    const known = el("datalist", { id: "skip-reasons" }, this.#known().map((value) => el("option", { value })));
    this.#shown = toast(text.skippedTask(skipped.taskId), { content: [this.#input, known] });
  }

  // Goes to the field, which is shown again if it is gone.
  ask() {
    if (!this.#input?.isConnected) this.offer(this.#last);
    this.#input.focus();
  }

  // The skip was taken back.
  forget(taskId) {
    if (this.#last?.taskId !== taskId) return;
    this.#shown?.close();
    this.#last = null;
  }

  #pressed(event) {
    event.stopPropagation(); // the labeling editor acts on keys
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const reason = this.#input.value.trim();
    if (event.key === "Enter" && reason) this.#save(reason);
    this.#shown.close();
  }

  #save(reason) {
    this.#outbox.add({ kind: "reason", ...this.#last, body: { skip_reason: reason } });
    const known = [reason, ...this.#known().filter((other) => other !== reason)];
    try {
      localStorage.setItem(this.#key, JSON.stringify(known.slice(0, REMEMBERED)));
    } catch {
      // then it has to be typed again
    }
  }

  #known() {
    try {
      return JSON.parse(localStorage.getItem(this.#key)) ?? [];
    } catch {
      return []; // the browser keeps nothing
    }
  }
}
