// A folder on the machine of the server, whose media are served where they are.
import { actionButton, curlButton } from "./action.js";
import { call, get } from "./api.js";
import { el, icon } from "./dom.js";
import { text } from "./import-text.js";
import { cancel, follow, running } from "./jobs.js";

const words = text.folder;
const TYPED = 300; // ms after the last key
const MOST_FOLDERS = 60;

export class FolderPanel {
  #input = el("input.input.grow", { id: "folder-path", autocomplete: "off", spellcheck: "false", placeholder: "~/photos" });
  #look = el("div.stack.tight", { "aria-live": "polite" });
  #state = el("div", { role: "status" });
  #served = el("div.stack.tight");
  #typing = 0;
  #serve;

  constructor(place) {
    this.#serve = actionButton("button.button.primary", words.serve, () => this.#start("api/folders", { path: this.#path }));
    this.#serve.disabled = true;
    this.#input.addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#show(this.#path), TYPED);
    });
    this.#input.addEventListener("focus", () => this.#look.childElementCount || this.#show(this.#path), { once: true });
    this.#input.addEventListener("keydown", (event) => event.key === "Enter" && this.#show(this.#path));
    const curl = curlButton(() => [{ method: "POST", path: "api/folders", body: { path: this.#path } }]);
    place.append(
      el("div.stack", {},
        el("div.field", {},
          el("label", { for: "folder-path" }, words.path),
          el("div.row", {}, this.#input, curl, this.#serve),
          el("p.hint", {}, words.hint),
        ),
        this.#look,
        this.#state,
        this.#served,
      ),
    );
    this.#list();
    running("folder").then(([job]) => job && this.#watch(job), () => {});
  }

  get #path() {
    return this.#input.value.trim();
  }

  async #show(path) {
    try {
      const look = await get(`api/folders/look?path=${encodeURIComponent(path)}`);
      if (path !== this.#path) return;
      const media = Object.values(look.media).some(Boolean);
      this.#serve.disabled = !path || !media || look.served;
      const found = el("p", {}, el("strong", {}, look.path), " – ", words.found(look), look.served ? ` ${words.isServed}` : "");
      this.#look.replaceChildren(found, this.#inside(look));
    } catch (error) {
      if (path !== this.#path) return;
      this.#serve.disabled = true;
      this.#look.replaceChildren(el("p.quiet-text", {}, error.message));
    }
  }

  #inside(look) {
    const to = (path, name, sign) =>
      el("button.button.small", { type: "button", onclick: () => this.#goTo(path) }, icon(sign), name);
    const below = look.folders.slice(0, MOST_FOLDERS);
    const join = (name) => `${look.path.replace(/[\\/]$/, "")}/${name}`;
    return el("div.folder-chips", { role: "group", "aria-label": words.inside },
      look.parent === look.path ? null : to(look.parent, words.up, "up"),
      below.map((name) => to(join(name), name, "folder")),
    );
  }

  #goTo(path) {
    this.#input.value = path;
    this.#show(path);
    this.#input.focus();
  }

  async #start(path, body) {
    await this.#watch((await call("POST", path, { body })).data);
  }

  async #watch(started) {
    const told = el("span.grow");
    const stop = el("button.button.small", { type: "button", onclick: () => cancel(started) }, text.cancel);
    this.#state.replaceChildren(el("div.notice", {}, el("span.spinner"), told, stop));
    const job = await follow(started, (now) => {
      told.textContent = words.scanning(now);
    });
    const good = job.status === "completed";
    this.#state.replaceChildren(
      el(`p.notice${good ? ".good" : ".bad"}`, {}, icon(good ? "check" : "warning"), el("span.grow", {}, good ? words.result(job.counts) : job.error ?? text.cancelled)),
    );
    this.#list();
    if (this.#path) this.#show(this.#path);
  }

  async #list() {
    let roots;
    try {
      roots = await get("api/folders");
    } catch (error) {
      this.#served.replaceChildren(el("p.quiet-text", {}, error.message));
      return;
    }
    const again = actionButton("button.button.small", words.rescan, () => this.#start("api/folders/rescan"), { sign: "reset" });
    this.#served.replaceChildren(
      ...(roots.length
        ? [
            el("div.row", {}, el("h3.grow", {}, words.served), again),
            el("ul.served", {}, roots.map((path) => el("li", {}, el("code", {}, path)))),
          ]
        : []),
    );
  }
}
