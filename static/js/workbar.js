// The line below the work: where we are, how far, whether it is saved, and what to do next.
import { byId, el, icon } from "./dom.js";
import { keycaps } from "./keycaps.js";
import * as keys from "./keys.js";
import { text } from "./label-text.js";
import { menu } from "./menu.js";

export class Workbar {
  #session;
  #task;
  #tally;
  #editor;
  #outbox;
  #drafts;
  #menuName = el("span");
  walked; // {position, total} of the selection that is gone through, if it is one

  constructor({ session, task, tally, editor, outbox, drafts, selection }) {
    this.#session = session;
    this.#task = task;
    this.#tally = tally;
    this.#editor = editor;
    this.#outbox = outbox;
    this.#drafts = drafts;
    this.walked = selection ?? null;
    const button = el("button.button.small", { type: "button" }, this.#menuName, icon("down"));
    byId("completion-menu").append(menu(button, () => this.#rows(), { className: "up.left" }));
    for (const shown of document.querySelectorAll(".workbar [data-action]")) this.#name(shown);
    addEventListener("lsl:keymap", () => this.#showKeys());
    setInterval(() => outbox.state.status === "retrying" && this.#showState(), 1000);
  }

  // A click leaves no focus behind that the next key would press again.
  #name(button) {
    button.addEventListener("click", (event) => event.detail > 0 && button.blur());
  }

  // Once the actions are declared.
  start() {
    this.#showKeys();
    this.update();
  }

  #showKeys() {
    for (const button of document.querySelectorAll(".workbar [data-action]")) {
      const action = keys.all().find(({ id }) => id === button.dataset.action);
      const chord = keys.keysOf(action)[0];
      if (button.id !== "state") {
        button.title = chord ? `${action.title} (${keys.shown(chord).join(" ")})` : action.title;
      }
      if (button.classList.contains("square")) continue;
      button.querySelector(".caps")?.remove();
      if (chord && button.id !== "state") button.append(keycaps(chord));
    }
  }

  update() {
    const { current } = this.#session;
    const items = current ? this.#editor.items() : [];
    const chosen = items.find((item) => item.selected);
    byId("task-name").textContent = current ? text.taskNumber(current.id) : "";
    byId("completion-menu").hidden = !current;
    this.#menuName.textContent = chosen ? titleOf(chosen) : "";
    byId("chips").replaceChildren(...(chosen ? chipsOf(chosen) : []));
    byId("submit-name").textContent = { completion: text.update, prediction: text.accept }[chosen?.kind] ?? text.submit;
    for (const button of document.querySelectorAll(".workbar [data-action]")) {
      const action = keys.all().find(({ id }) => id === button.dataset.action);
      if (action && button.id !== "state") button.disabled = !keys.isEnabled(action);
    }
    byId("workbar").querySelector('[data-action="instructions"]').hidden = !keys.isEnabled(
      keys.all().find(({ id }) => id === "instructions"),
    );
    if (current?.work.selection) this.walked = current.work.selection;
    if (this.walked) this.#showWalked(current !== null);
    else this.#showProgress(this.#tally.state);
    this.#showState();
  }

  #showProgress({ tasks, completed, skipped, seconds_left: left }) {
    const bar = byId("progress");
    bar.max = Math.max(tasks, 1);
    bar.value = completed;
    const parts = [text.done({ completed, tasks })];
    if (skipped > 0) parts.push(text.skips(skipped));
    if (left !== null && left !== undefined && completed < tasks) parts.push(text.left(left));
    byId("progress-text").textContent = parts.join(" · ");
    bar.title = parts.join(" · ");
  }

  // Where we are among the tasks that were selected.
  #showWalked(isUnderWay) {
    const { position, total } = this.walked;
    const bar = byId("progress");
    bar.max = Math.max(total, 1);
    bar.value = isUnderWay ? (position ?? 0) : total;
    const words = isUnderWay ? text.walk(position, total) : text.walkedText(total);
    byId("progress-text").textContent = words;
    bar.title = words;
  }

  #showState() {
    const { status, pending, refused, reason, retryAt, savedAt } = this.#outbox.state;
    const draft = this.#drafts.state;
    const [name, words, sign] = refused.length
      ? ["bad", text.notSaved(refused.length), "warning"]
      : status === "retrying"
        ? ["warn", text.retrying(pending, Math.ceil((retryAt - Date.now()) / 1000)), "away"]
        : status === "saving"
          ? ["", text.saving, null]
          : draft === "saving"
            ? ["", text.draftSaving, null]
            : draft === "here"
              ? ["warn", text.draftHere, "away"]
              : draft === "saved"
                ? ["", text.draftSaved, "saved"]
                : ["", savedAt ? text.saved(savedAt) : "", savedAt ? "saved" : null];
    const button = byId("state");
    const key = `${name} ${words}`;
    if (button.dataset.shown === key) return;
    button.dataset.shown = key;
    button.dataset.state = refused.length ? "refused" : status;
    button.className = `button quiet small state ${name}`;
    button.title = reason;
    const begin = sign ? icon(sign) : words ? el("span.spinner") : "";
    button.replaceChildren(begin, el("span", {}, words));
    button.disabled = !refused.length;
    button.hidden = !words;
  }

  #rows() {
    const items = this.#editor.items();
    const row = (item) =>
      el(
        "button.item",
        {
          type: "button",
          role: "menuitemradio",
          "aria-checked": String(item.selected),
          onclick: () => this.#task.select(item.key),
        },
        el("span.grow", {}, titleOf(item)),
        chipsOf(item),
        item.at ? el("span.quiet-text.small-text", {}, text.when(item.at)) : null,
      );
    const action = (id) => {
      const { title, ...known } = keys.all().find((a) => a.id === id);
      const chord = keys.keysOf({ id, ...known })[0];
      return el(
        "button.item",
        { type: "button", role: "menuitem", disabled: !keys.isEnabled({ id, ...known }), onclick: () => keys.run(id) },
        el("span.grow", {}, title),
        chord ? keycaps(chord) : null,
      );
    };
    return [
      ...items.map(row),
      el("hr"),
      ...["add", "copy", "accept", "star", "remove"].map(action),
    ];
  }
}

function titleOf(item) {
  if (item.kind === "prediction") return text.prediction(item);
  return item.kind === "new" ? text.newCompletion : text.completion(item.id);
}

function chipsOf(item) {
  const chips = [];
  const chip = (kind, words) => chips.push(el(`span.chip${kind}`, {}, words));
  if (item.kind === "prediction") chip(".accent", text.chips.prediction(""));
  if (item.from) chip(".accent", text.chips.from(item.from));
  if (item.skipped) chip(".warn.skip", text.chips.skipped(item.reason));
  if (item.star) chip(".good", text.chips.star);
  return chips;
}
