// Lines above the work that say what is the matter with it, each with what can be done about it.
import { el, icon } from "./dom.js";

const ICONS = { warn: "warning", bad: "warning", good: "check", "": "info" };
const TEXT = { close: "Close" };

export class Notices {
  #place;
  #shown = new Map();

  constructor(place) {
    this.#place = place;
  }

  // `actions` are [{title, run, href}]. One line for each name.
  show(name, message, { kind = "", actions = [], closable = true } = {}) {
    const line = el(
      `div.notice${kind && `.${kind}`}`,
      { role: kind === "bad" ? "alert" : "status" },
      icon(ICONS[kind]),
      el("span.grow", {}, message),
      actions.map((action) => this.#button(name, action)),
    );
    if (closable) {
      const cross = { type: "button", "aria-label": TEXT.close, onclick: () => this.hide(name) };
      line.append(el("button.button.quiet.square.small", cross, icon("close")));
    }
    this.hide(name);
    this.#shown.set(name, line);
    this.#place.append(line);
  }

  #button(name, { title, run, href }) {
    if (href) return el("a.button.small", { href }, title);
    const onclick = () => {
      this.hide(name);
      run();
    };
    return el("button.button.small", { type: "button", onclick }, title);
  }

  hide(name) {
    this.#shown.get(name)?.remove();
    this.#shown.delete(name);
  }

  clear(except = []) {
    for (const name of [...this.#shown.keys()]) if (!except.includes(name)) this.hide(name);
  }
}
