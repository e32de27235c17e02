// What stands in a cell: a picture, a player, a text, a number, chips.
import { el, icon, root } from "./dom.js";
import { text } from "./task-text.js";
import { count, exactly, when } from "./words.js";

const WIDTHS = {
  id: "84px",
  state: "98px",
  date: "132px",
  number: "104px",
  score: "92px",
  list: "minmax(140px, 0.3fr)",
  image: "minmax(220px, 1fr)",
  video: "minmax(220px, 1fr)",
  audio: "minmax(180px, 1fr)",
  text: "minmax(220px, 1fr)",
};
const SIGNS = { open: "", done: ".good", skipped: ".warn" };
const MOST_CHIPS = 3;

export const widthOf = (column) => WIDTHS[column.kind] ?? WIDTHS.text;

export function cellOf(row, column) {
  const value = column.data ? row.data[column.data] : row[column.name];
  if (column.kind === "id") {
    const href = `${root}?task_id=${row.id}`;
    return el("a", { href, tabindex: -1, title: text.labelFirst }, count(row.id));
  }
  if (column.kind === "state") return el(`span.chip${SIGNS[row.state]}`, {}, text.stateOf[row.state]);
  if (value === null || value === undefined || value === "") return "";
  switch (column.kind) {
    case "date":
      return el("time", { datetime: new Date(value * 1000).toISOString(), title: exactly(value) }, when(value));
    case "number":
      return column.data ? String(value) : value ? count(value) : "";
    case "score":
      return text.score(value);
    case "list":
      return chips(value);
    case "image":
      return named(picture(value), value);
    case "video":
      return named(el("span.film", {}, icon("play")), value);
    case "audio":
      return named(player(value), value);
    default:
      return el("span.excerpt", { title: value.length > 60 ? value : null }, value);
  }
}

function chips(values) {
  const list = Array.isArray(values) ? values : [values];
  const shown = list.slice(0, MOST_CHIPS).map((value) => el("span.chip", {}, value));
  const left = list.length - shown.length;
  return el("span.chips", { title: list.join(", ") }, shown, left > 0 ? el("span.quiet-text.small-text", {}, text.more(left)) : null);
}

function named(element, address) {
  return el("span.named", {}, element, el("span.excerpt", { title: nameOf(address) }, nameOf(address)));
}

// The name of the file, as whoever uploaded it knows it.
function nameOf(address) {
  if (address.startsWith("data:")) return "";
  const name = address.split(/[?#]/)[0].split("/").pop().replace(/^[0-9a-f]{32}-/, "");
  try {
    return decodeURIComponent(name);
  } catch {
    return name; // a percent sign that means itself
  }
}

function picture(address) {
  const image = el("img.thumb", { src: address, alt: "", loading: "lazy", decoding: "async", draggable: "false" });
  image.addEventListener("error", () => image.replaceWith(el("span.missing", { title: address }, icon("warning"), text.noMedia)));
  return image;
}

// One sound at a time, loaded when it is asked for.
let sound = null;
let playing = null;

export function player(address) {
  const name = nameOf(address);
  const onclick = () => (playing === button ? stop() : start(address, button));
  const given = { type: "button", tabindex: -1, "aria-label": text.play(name), title: name, onclick };
  const button = el("button.button.quiet.square", given, icon("play"));
  return button;
}

function start(address, button) {
  stop();
  sound = new Audio(address);
  playing = button;
  sound.addEventListener("ended", stop);
  sound.addEventListener("error", () => {
    button.title = text.noMedia;
    stop();
  });
  button.replaceChildren(icon("pause"));
  button.setAttribute("aria-pressed", "true");
  sound.play().catch(() => stop());
}

export function stop() {
  sound?.pause();
  playing?.replaceChildren(icon("play"));
  playing?.removeAttribute("aria-pressed");
  sound = playing = null;
}
