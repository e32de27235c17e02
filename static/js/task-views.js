// Saved views: what is searched, filtered, ordered and shown, under a name.
import { call, get } from "./api.js";
import { confirm, open } from "./dialog.js";
import { el, icon } from "./dom.js";
import { menu } from "./menu.js";
import { fromView, state, change, toView } from "./task-state.js";
import { text } from "./task-text.js";
import * as widths from "./task-widths.js";
import { problem, toast } from "./toast.js";

const PATH = "api/table/views";

export class Views {
  #views = [];
  #name = el("span");

  constructor(button) {
    button.append(this.#name);
    const place = button.parentElement;
    place.append(menu(button, () => this.#items()));
    this.#load();
  }

  get #current() {
    return this.#views.find(({ id }) => id === state.view) ?? null;
  }

  // The name of the view that is shown.
  show() {
    this.#name.textContent = this.#current?.title ?? text.views;
  }

  async #load() {
    try {
      this.#views = await get(PATH);
      this.show();
    } catch (error) {
      problem(error.message);
    }
  }

  #items() {
    const item = (words, run, { sign = null, checked = null } = {}) =>
      el("button.item", {
        type: "button",
        role: checked === null ? "menuitem" : "menuitemradio",
        "aria-checked": checked === null ? null : String(checked),
        onclick: run,
      }, sign ? icon(sign) : null, el("span.grow", {}, words));
    const views = this.#views.map((view) =>
      item(view.title, () => this.#choose(view), { checked: view.id === state.view }));
    const current = this.#current;
    return [
      ...(views.length ? views : [el("p.item.quiet-text", {}, text.noViews)]),
      el("hr"),
      current ? item(text.updateView(current.title), () => this.#put(current), { sign: "check" }) : null,
      item(text.saveView, () => this.#add(), { sign: "plus" }),
      current ? item(text.deleteView(current.title), () => this.#remove(current), { sign: "trash" }) : null,
    ].filter(Boolean);
  }

  #choose(view) {
    if (view.widths) widths.take(view.widths);
    fromView(view.id, view);
  }

  #add() {
    const input = el("input.input", { id: "view-name", required: true, maxlength: 80, autocomplete: "off" });
    const form = el("form.stack", { onsubmit: async (event) => {
      event.preventDefault();
      shown.close();
      await this.#tell(async () => {
        const { data } = await call("POST", PATH, { body: toView(input.value.trim(), widths.all()) });
        await this.#load();
        change({ view: data.id }, { replace: true });
        return text.viewSaved(data.title);
      });
    } },
      el("div.field", {}, el("label", { for: "view-name" }, text.viewName), input),
      el("div.actions.end", {}, el("button.button.primary", {}, text.save)),
    );
    const shown = open(text.saveView.replace("…", ""), form);
    input.focus();
  }

  #put(view) {
    return this.#tell(async () => {
      await call("PATCH", `${PATH}/${view.id}`, { body: toView(view.title, widths.all()) });
      await this.#load();
      return text.viewSaved(view.title);
    });
  }

  async #remove(view) {
    const sure = await confirm(text.deleteView(view.title), text.deleteViewText, text.delete, { danger: true });
    if (!sure) return;
    await this.#tell(async () => {
      await call("DELETE", `${PATH}/${view.id}`);
      await this.#load();
      change({ view: null }, { replace: true });
      return text.viewDeleted;
    });
  }

  async #tell(run) {
    try {
      toast(await run());
    } catch (error) {
      problem(error.message);
    }
    this.show();
  }
}
