// The files of an import: on their way, sent, or refused; each can be removed, all of them, too.
import { call } from "./api.js";
import { el, icon } from "./dom.js";
import { text } from "./import-text.js";
import { problem } from "./toast.js";
import { Sender, Upload } from "./upload.js";

const SHOWN = 200; // rows; more would only make the page slow
const FILES = "api/imports/files";

export class FileList {
  #place;
  #changed;
  #items = [];
  #rows = new Map(); // upload → its row
  #sender = new Sender(FILES, (upload) => this.#moved(upload));
  #frame = 0;
  #summary = el("p.quiet-text", { role: "status" });
  #progress = el("progress.progress", { "aria-label": text.state.sending, max: 1, value: 0 });
  #list = el("ul.file-list", { tabindex: 0 });
  #heading = el("h2");
  #all = el("button.button.small", { type: "button", onclick: () => this.clear() }, text.removeAll);

  // `changed()` is called when other files are there than before.
  constructor(place, changed) {
    this.#place = place;
    this.#changed = changed;
    place.append(el("div.section-head", {}, this.#heading, this.#summary, this.#all), this.#progress, this.#list);
  }

  get isEmpty() {
    return this.#items.length === 0;
  }

  get busy() {
    return this.#sender.busy || this.#items.some((item) => item.state === "sending");
  }

  // Ids of those that are at the server, in the order in which they were added.
  get ids() {
    return this.#items.filter((item) => item.id).map((item) => item.id);
  }

  add(found) {
    const added = found.map(({ file, path }) => new Upload(file, path));
    this.#items.push(...added);
    this.#draw();
    this.#sender.send(added);
    this.#changed();
  }

  // `job()` makes the server get a file by itself, and answers it.
  async fetch(name, job) {
    const item = new Upload({ name, size: 0 });
    this.#items.push(item);
    const again = async () => {
      Object.assign(item, { state: "sending", problem: null, fetched: true, again });
      this.#draw();
      this.#changed();
      try {
        const { id, name: found, size } = await job();
        Object.assign(item, { state: "sent", id, name: found, size, loaded: size });
        if (!this.#items.includes(item)) await this.#drop(item);
      } catch (error) {
        Object.assign(item, { state: "failed", problem: error });
      }
      this.#draw();
      this.#changed();
    };
    await again();
  }

  // Files that were sent before this page was opened.
  restore(files) {
    // what was dropped while this was asked for is in the list already
    const here = new Set(this.#items.map(({ name, size }) => `${size} ${name}`));
    for (const { id, name, size } of files.filter((file) => !here.has(`${file.size} ${file.name}`))) {
      this.#items.push(Object.assign(new Upload({ name, size }), { id, state: "sent", loaded: size }));
    }
    if (!files.length) return;
    this.#draw();
    this.#changed();
  }

  // What the server understood of each, in the order of `ids`; null where it does not say.
  understood(files) {
    const sent = this.#items.filter((item) => item.id);
    sent.forEach((item, at) => {
      item.seen = files && { ...files[at], size: item.size };
    });
    this.#draw();
  }

  lock(locked) {
    this.#place.inert = locked;
  }

  async clear() {
    await this.#remove([...this.#items]);
  }

  // The import is done: they are no longer at the server.
  forget() {
    this.#items = [];
    this.#draw();
    this.#changed();
  }

  async #remove(items) {
    this.#items = this.#items.filter((item) => !items.includes(item));
    this.#draw();
    this.#changed();
    try {
      for (const item of items) await this.#drop(item);
    } catch (error) {
      problem(error.message);
    }
  }

  async #drop(item) {
    if (item.state === "waiting" || item.state === "sending") this.#sender.drop(item);
    if (!item.id) return;
    try {
      await call("DELETE", `${FILES}/${encodeURIComponent(item.id)}`);
    } catch (error) {
      if (error.status !== 404) throw error; // gone already is as good
    }
  }

  #again(item) {
    if (item.again) item.again();
    else {
      Object.assign(item, { state: "waiting", loaded: 0, problem: null });
      this.#draw();
      this.#sender.send([item]);
    }
  }

  #moved(upload) {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#sum();
    });
    const row = this.#rows.get(upload);
    if (row) this.#fill(row, upload);
    if (upload.state === "sent" && !this.#items.includes(upload)) {
      this.#drop(upload).catch((error) => problem(error.message));
    }
    if (!this.#sender.busy || upload.state === "failed") setTimeout(this.#changed);
  }

  #draw() {
    this.#place.hidden = this.isEmpty;
    this.#rows.clear();
    const bad = this.#items.filter((item) => item.problem || item.seen?.problem);
    const rest = this.#items.filter((item) => !bad.includes(item));
    const shown = [...bad, ...rest].slice(0, SHOWN);
    const rows = shown.map((item) => {
      const row = el("li");
      this.#rows.set(item, row);
      this.#fill(row, item);
      return row;
    });
    const left = this.#items.length - shown.length;
    this.#list.replaceChildren(...rows, ...(left ? [el("li", {}, el("span"), text.more(left))] : []));
    this.#list.setAttribute("aria-label", text.files(this.#items.length));
    this.#heading.textContent = text.files(this.#items.length);
    this.#all.hidden = this.#items.length < 2;
    this.#sum();
  }

  #sum() {
    const total = this.#items.reduce((sum, item) => sum + item.size, 0);
    const loaded = this.#items.reduce((sum, item) => sum + item.loaded, 0);
    const sent = this.#items.filter((item) => item.state === "sent").length;
    const busy = this.busy;
    this.#summary.textContent = busy ? text.sending(sent, this.#items.length, loaded, total) : text.size(total);
    this.#progress.hidden = !busy;
    this.#progress.max = Math.max(total, 1);
    this.#progress.value = loaded;
  }

  #fill(row, item) {
    const why = item.problem
      ? item.problem.isAway ? text.notSent : item.problem.message
      : item.seen?.problem;
    row.classList.toggle("failed", Boolean(why));
    const remove = {
      type: "button",
      "aria-label": text.remove(item.name),
      title: text.remove(item.name),
      onclick: () => this.#remove([item]),
    };
    const again = { type: "button", onclick: () => this.#again(item) };
    row.replaceChildren(
      icon(why ? "warning" : item.state === "sent" ? "check" : "file"),
      el("span.name", { title: item.name }, item.name),
      el("span.facts", {}, this.#facts(item)),
      el("span.row", {},
        item.state === "failed" ? el("button.button.small", again, text.again) : null,
        el("button.button.quiet.square.small", remove, icon("close")),
      ),
    );
    if (item.state === "sending" && !item.fetched) {
      const done = { max: Math.max(item.size, 1), value: item.loaded, "aria-label": item.name };
      row.append(el("progress.progress", done));
    }
    if (why) row.append(el("span.why", {}, why));
    else if (item.seen?.bad) row.append(el("span.why", {}, text.badItems(item.seen.bad)));
  }

  #facts(item) {
    if (item.fetched && item.state === "sending") return text.fetching;
    if (item.seen && !item.seen.problem) return text.items(item.seen);
    return item.state === "sent" ? text.size(item.size) : `${text.state[item.state]}, ${text.size(item.size)}`;
  }
}
