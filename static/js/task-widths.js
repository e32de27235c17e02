// Widths of columns that a person chose: kept by the browser for each project, and by saved views.
// A handle at the right edge of a heading changes one, by dragging or by keys.
import { el, page } from "./dom.js";
import { text } from "./task-text.js";

const KEY = `lsl:${page.project}:widths`;
export const NARROWEST = 48;
export const WIDEST = 1600; // px
const STEP = 16;
const LEAP = 80;

let widths = read();

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // the browser keeps nothing
  }
}

// {column: px} of those that were changed.
export const all = () => ({ ...widths });

export const of = (name) => widths[name] ?? null;

// Takes the place of all; what is no width is left out.
export function take(given) {
  const sizes = Object.entries(given ?? {}).filter(([, width]) => Number.isFinite(width));
  widths = Object.fromEntries(sizes.map(([name, width]) => [name, bounded(width)]));
  keep();
}

// `width` null is the width that the column has by itself.
function set(name, width) {
  if (width === null) delete widths[name];
  else widths[name] = bounded(width);
  keep();
}

const bounded = (width) => Math.round(Math.max(NARROWEST, Math.min(width, WIDEST)));

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(widths));
  } catch {
    // then they hold for this page
  }
}

// The handle of a column; `changed()` lays the columns out anew.
export function handle({ name, title }, changed) {
  const element = el("div.handle", {
    role: "separator",
    tabindex: 0,
    title: text.resize,
    "aria-orientation": "vertical",
    "aria-label": text.resizeColumn(title),
    "aria-valuemin": NARROWEST,
    "aria-valuemax": WIDEST,
    "aria-valuenow": of(name) ?? NARROWEST,
  });
  const now = () => element.parentElement.offsetWidth;
  const to = (width) => {
    set(name, width);
    changed();
    element.setAttribute("aria-valuenow", now());
  };
  element.addEventListener("focus", () => element.setAttribute("aria-valuenow", now()));
  element.addEventListener("dblclick", () => to(null));
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.focus();
    const [from, width] = [event.clientX, now()];
    element.setPointerCapture(event.pointerId);
    element.onpointermove = (moved) => to(width + moved.clientX - from);
    element.onpointerup = element.onpointercancel = () => {
      element.onpointermove = element.onpointerup = element.onpointercancel = null;
    };
  });
  element.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? LEAP : STEP;
    if (event.key === "ArrowLeft") to(now() - step);
    else if (event.key === "ArrowRight") to(now() + step);
    else if (event.key === "Home") to(NARROWEST);
    else if (event.key === "Enter" || event.key === "Backspace") to(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return element;
}
