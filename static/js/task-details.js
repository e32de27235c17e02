// One task beside the table: its data in full, who did what with it, and its JSON.
import { get } from "./api.js";
import { codeline } from "./codeline.js";
import { el, icon, root } from "./dom.js";
import { player } from "./task-cells.js";
import { text } from "./task-text.js";
import { exactly, when } from "./words.js";

const LONGEST = 4000; // characters of a value that are shown
const SHOWN = "lsl:task-details";

export class Details {
  #place;
  #columns = [];
  #id = null;
  #asking = null;
  #json = false;
  #typing = 0;

  // `onClose()` is called when the person closes it.
  constructor(place, onClose) {
    this.#place = place;
    this.onClose = onClose;
  }

  get isOpen() {
    return !this.#place.hidden;
  }

  columns(columns) {
    this.#columns = columns;
  }

  // Whether it was open when the page was left.
  static get wasOpen() {
    return sessionStorage.getItem(SHOWN) === "1";
  }

  close() {
    this.#asking?.abort();
    this.#place.hidden = true;
    this.#id = null;
    sessionStorage.removeItem(SHOWN);
  }

  // Soon: whoever walks through the rows does not wait for each.
  follow(row) {
    if (!this.isOpen || !row || row.id === this.#id) return;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.show(row.id), 80);
  }

  async show(id) {
    this.#place.hidden = false;
    this.#id = id;
    sessionStorage.setItem(SHOWN, "1");
    this.#asking?.abort();
    this.#asking = new AbortController();
    try {
      const task = await get(`api/table/tasks/${id}`, { signal: this.#asking.signal });
      if (this.#id === id) this.#draw(task);
    } catch (error) {
      if (error.name === "AbortError") return;
      this.#place.replaceChildren(this.#head(id), el("p.notice.warn", {}, error.status === 404 ? text.noTask : error.message));
    }
  }

  #head(id) {
    const close = { type: "button", "aria-label": text.closeDetails, title: text.closeDetails, onclick: () => { this.close(); this.onClose(); } };
    return el("header.row", {},
      el("h2.grow", {}, text.task(id)),
      el("a.button.small", { href: `${root}?task_id=${id}` }, icon("open"), text.label),
      el("button.button.quiet.square.small", close, icon("close")),
    );
  }

  #draw({ task, json }) {
    const toggle = (name, asJson) =>
      el("button.button.small", { type: "button", "aria-pressed": String(this.#json === asJson), onclick: () => {
        this.#json = asJson;
        this.#draw({ task, json });
      } }, name);
    const body = this.#json ? this.#source(json) : this.#parts(task);
    this.#place.replaceChildren(
      this.#head(task.id),
      el("div.row.views", { role: "group", "aria-label": text.details }, toggle(text.data, false), toggle(text.json, true)),
      el("div.details-body.stack", { tabindex: 0, role: "region", "aria-label": text.task(task.id) }, body),
    );
  }

  #source(json) {
    return [codeline(JSON.stringify(json, null, 2))];
  }

  #parts(task) {
    const data = Object.entries(task.data).map(([key, value]) => {
      const column = this.#columns.find(({ data: name }) => name === key);
      return el("div.value", {}, el("dt", {}, key), el("dd", {}, this.#value(value, column?.kind)));
    });
    const list = (title, items, none) => [
      el("h3", {}, title),
      items.length ? el("ul.work", {}, items) : el("p.quiet-text", {}, none),
    ];
    return [
      el("dl.values", {}, data),
      ...list(text.completions, task.completions.map(completion), text.noCompletions),
      ...(task.predictions.length ? list(text.predictions, task.predictions.map(prediction)) : []),
      ...(task.meta ? [el("h3", {}, text.meta), codeline(JSON.stringify(task.meta, null, 2))] : []),
    ];
  }

  #value(value, kind) {
    if (typeof value !== "string") return el("pre", {}, JSON.stringify(value, null, 2)?.slice(0, LONGEST) ?? "");
    if (kind === "image") {
      return el("a.media", { href: value, target: "_blank", rel: "noopener" }, el("img", { src: value, alt: value }));
    }
    if (kind === "audio") return el("div.row", {}, player(value), el("span.grow.path", {}, value));
    if (kind === "video") return el("video.media", { src: value, controls: true, preload: "metadata" });
    return el("p.long", {}, value.slice(0, LONGEST) + (value.length > LONGEST ? "…" : ""));
  }
}

function completion({ id, at, lead, skipped, truth, by, results, labels }) {
  return el("li", {},
    el("div.row", {},
      el("strong", {}, text.completion(id)),
      skipped ? el("span.chip.warn", {}, text.skip) : null,
      truth ? el("span.chip.good", {}, icon("star"), text.truth) : null,
    ),
    el("p.quiet-text.small-text", {},
      [by, at && when(at), lead && text.lead(lead), text.results(results)].filter(Boolean).join(" · "),
    ),
    labels.length ? el("div.chips.wrap", {}, labels.map((label) => el("span.chip", {}, label))) : null,
  );
}

function prediction({ model, score, results, labels, at }) {
  return el("li", {},
    el("div.row", {}, el("strong", {}, text.prediction(model)), score === null ? null : el("span.chip.accent", {}, text.score(score))),
    el("p.quiet-text.small-text", { title: at ? exactly(at) : null }, text.results(results)),
    labels.length ? el("div.chips.wrap", {}, labels.map((label) => el("span.chip", {}, label))) : null,
  );
}
