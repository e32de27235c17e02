// The live preview: the real editor in a frame. A new one is drawn behind the present one and
// takes its place when it is ready, so that nothing flickers while one types.
import { address } from "./api.js";
import { el } from "./dom.js";

const TEXT = { title: "Preview of the label config", missing: "The labeling editor is not installed." };
const PATIENCE = 8000; // ms until a frame is shown, ready or not

// Events: "result" (detail: what was labeled in it), "problem" (detail: text), "ready".
export class Preview extends EventTarget {
  #place;
  #shown = null;
  #coming = null;
  #timer = 0;
  #count = 0;

  constructor(place) {
    super();
    this.#place = place;
    addEventListener("message", (event) => this.#heard(event));
  }

  // `build` is classic or modern, null when none is installed.
  show(config, task, build) {
    if (!build) return this.#place.replaceChildren(el("p.empty", {}, TEXT.missing));
    this.#coming?.remove();
    const name = `preview-${++this.#count}`;
    const frame = el("iframe", { name, title: TEXT.title, "aria-hidden": "true", tabindex: "-1" });
    frame.className = "coming";
    this.#coming = frame;
    this.#place.append(frame);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#swap(), PATIENCE);
    return send(name, { label_config: config, task: JSON.stringify(task), build });
  }

  #heard({ source, origin, data }) {
    if (origin !== location.origin || !data?.preview) return;
    const { ready, problem, result } = data.preview;
    if (source === this.#coming?.contentWindow && (ready || problem)) this.#swap();
    if (source !== this.#shown?.contentWindow) return;
    if (ready) this.dispatchEvent(new Event("ready"));
    if (problem) this.dispatchEvent(new CustomEvent("problem", { detail: problem }));
    if (result) this.dispatchEvent(new CustomEvent("result", { detail: result }));
  }

  #swap() {
    clearTimeout(this.#timer);
    if (!this.#coming) return;
    this.#shown?.remove();
    this.#shown = this.#coming;
    this.#coming = null;
    this.#shown.className = "";
    this.#shown.removeAttribute("aria-hidden");
    this.#shown.removeAttribute("tabindex");
  }
}

// A form can be of any length, and its answer brings its own policy.
function send(target, fields) {
  const form = el(
    "form",
    { method: "post", action: address("preview"), target, hidden: true },
    Object.entries(fields).map(([name, value]) => el("input", { type: "hidden", name, value })),
  );
  document.body.append(form);
  form.submit();
  form.remove();
}
