// The gallery of templates: pictures by group, found by typing.
import { get } from "./api.js";
import { el, icon } from "./dom.js";
import { examplePicture } from "./picture.js";
import { problem } from "./toast.js";

const TEXT = {
  title: "Templates",
  find: "Find a template",
  close: "Back to the config",
  none: "No template has these words.",
  builds: { classic: "classic editor", modern: "modern editor" },
  all: "All",
};

// Events: "choose" (detail: {name, title, config, task, editor}), "close".
export class Gallery extends EventTarget {
  #place;
  #list = null;
  #group = null;
  #groups;
  #sections;
  #input;

  constructor(place) {
    super();
    this.#place = place;
  }

  async show() {
    this.#list ??= await get("api/gallery");
    if (!this.#input) this.#build();
    this.#draw();
    this.#input.focus();
  }

  #build() {
    this.#input = el("input.input", {
      type: "search",
      placeholder: TEXT.find,
      "aria-label": TEXT.find,
      autocomplete: "off",
      oninput: () => this.#draw(),
    });
    this.#groups = el("div.filters", { role: "group", "aria-label": TEXT.title });
    this.#sections = el("div.shelf");
    const close = { type: "button", onclick: () => this.dispatchEvent(new Event("close")) };
    this.#place.replaceChildren(
      el(
        "header.gallery-head",
        {},
        el("h1", { id: "gallery-title" }, TEXT.title),
        this.#input,
        el("button.button", close, icon("close"), TEXT.close),
      ),
      this.#groups,
      this.#sections,
    );
  }

  #draw() {
    const words = this.#input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.#list.filter((one) => {
      const text = `${one.title} ${one.group} ${one.description} ${one.name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const groups = [...new Set(this.#list.map((one) => one.group))];
    this.#groups.replaceChildren(this.#filter(null), ...groups.map((name) => this.#filter(name)));
    const shown = groups.filter((name) => this.#group === null || this.#group === name);
    const sections = shown.map((name) => [name, found.filter((one) => one.group === name)]);
    const filled = sections.filter(([, ones]) => ones.length);
    this.#sections.replaceChildren(
      ...filled.map(([name, ones]) => this.#section(name, ones)),
      ...(filled.length ? [] : [el("p.empty", {}, TEXT.none)]),
    );
  }

  #filter(name) {
    const onclick = () => {
      this.#group = name;
      this.#draw();
      this.#groups.querySelector('[aria-pressed="true"]').focus();
    };
    const pressed = String(this.#group === name);
    return el("button.button.small", { type: "button", "aria-pressed": pressed, onclick }, name ?? TEXT.all);
  }

  #section(name, ones) {
    return el(
      "section",
      { "aria-label": name },
      el("h2", {}, name),
      el("ul", {}, ones.map((one) => el("li", {}, this.#card(one)))),
    );
  }

  #card(one) {
    const onclick = () => this.#choose(one.name);
    return el(
      "button.template",
      { type: "button", data: { template: one.name }, onclick },
      examplePicture(one.name),
      el("strong", {}, one.title),
      el("span.quiet-text.small-text", {}, one.description),
      one.editor ? el("span.chip", {}, TEXT.builds[one.editor]) : null,
    );
  }

  async #choose(name) {
    try {
      this.dispatchEvent(new CustomEvent("choose", { detail: await get(`api/gallery/${name}`) }));
    } catch (error) {
      problem(error.message);
    }
  }
}
