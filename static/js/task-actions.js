// What can be done with the selected tasks. Before anything is changed the numbers are asked for.
import { curlButton } from "./action.js";
import { call } from "./api.js";
import { open } from "./dialog.js";
import { el, icon, page, root } from "./dom.js";
import { cancel, follow } from "./jobs.js";
import { menu } from "./menu.js";
import { uuid } from "./saved-as.js";
import { parameters, wanted } from "./task-state.js";
import { text } from "./task-text.js";
import { problem, toast } from "./toast.js";

export const ACTIONS = Object.keys(text.act);

export class Actions {
  #bar;
  #selection;
  #changed;

  // `changed()` is called when tasks are not what they were.
  constructor(bar, selection, changed) {
    this.#bar = bar;
    this.#selection = selection;
    this.#changed = changed;
  }

  // The bar that is there while something is selected.
  show() {
    const { count, isAll } = this.#selection;
    this.#bar.hidden = count === 0;
    if (!count) return this.#bar.replaceChildren();
    if (this.#bar.childElementCount) {
      this.#bar.querySelector("strong").textContent = isAll ? text.all_(count) : text.selected(count);
      return null;
    }
    const clear = { type: "button", onclick: () => this.#selection.clear() };
    const more = el("button.button", { type: "button", disabled: Boolean(page.readOnly) }, text.actions, icon("down"));
    this.#bar.replaceChildren(
      el("strong", { role: "status" }, isAll ? text.all_(count) : text.selected(count)),
      el("button.button.quiet.small", clear, text.unselect),
      el("span.grow"),
      curlButton(() => [{ method: "GET", path: `api/label/next?${this.#selected()}` }]),
      el("button.button", { type: "button", onclick: () => this.export() }, icon("download"), text.export),
      el("button.button.primary", { type: "button", onclick: () => this.label() }, icon("play"), text.labelThese),
      menu(more, () => ACTIONS.map((name) => this.#item(name)), { className: "up" }),
    );
    return null;
  }

  #item(name) {
    const { title, danger } = text.act[name];
    return el(`button.item${danger ? ".bad-text" : ""}`, { type: "button", role: "menuitem", onclick: () => this.ask(name) }, title);
  }

  // Opens the Export page for what is selected.
  export() {
    location.href = `${root}export?${this.#selected()}`;
  }

  // Opens the Label page on what is selected, one task after the other; where nothing is selected,
  // on all that match.
  label() {
    const given = this.#selection.count ? this.#selected() : parameters();
    given.set("walk", uuid());
    try {
      sessionStorage.setItem(`lsl:${page.project}:table`, location.search);
    } catch {
      // then the way back leads to the whole table
    }
    location.href = `${root || "./"}?${given}`;
  }

  #selected() {
    const given = parameters();
    const items = this.#selection.items;
    given.set("query", JSON.stringify({ ...JSON.parse(given.get("query") ?? "{}"), selectedItems: items }));
    return given;
  }

  async ask(name) {
    const words = text.act[name];
    const body = wanted(this.#selection.items);
    const path = `api/table/actions/${name}`;
    let numbers;
    try {
      numbers = (await call("POST", "api/table/summary", { body })).data;
    } catch (error) {
      return problem(error.message);
    }
    const title = words.title.replace("…", "");
    if (!words.can(numbers)) return open(title, el("p", {}, words.cannot));
    const go = el(`button.button${words.danger ? ".danger" : ".primary"}`, { type: "button" }, words.go(numbers));
    const stop = el("button.button", { type: "button", onclick: () => shown.close() }, text.cancel);
    const shown = open(title, el("p", {}, words.ask(numbers)), {
      footer: [curlButton(() => [{ method: "POST", path, body }]), el("span.grow"), stop, go],
    });
    go.addEventListener("click", () => this.#run(shown, go, { path, body, words }));
    (words.danger ? stop : go).focus();
    return shown;
  }

  async #run(shown, go, { path, body, words }) {
    go.disabled = true;
    const told = el("p", { role: "status" });
    const bar = el("progress.progress", { max: 1, value: 0, "aria-label": words.title });
    try {
      const started = (await call("POST", path, { body })).data;
      const halt = el("button.button", { type: "button", onclick: () => cancel(started) }, text.cancel);
      shown.element.querySelector("footer").replaceChildren(halt);
      shown.element.querySelector(".content").replaceChildren(told, bar);
      const job = await follow(started, (now) => {
        told.textContent = text.running(now);
        bar.max = Math.max(now.total, 1);
        bar.value = now.done;
      });
      if (job.status === "failed") problem(job.error);
      else toast(job.status === "cancelled" ? text.stopped : words.result(job.counts));
    } catch (error) {
      problem(error.message);
    }
    shown.close();
    this.#selection.clear();
    this.#changed();
  }
}
