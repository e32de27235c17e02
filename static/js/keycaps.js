// Keys as they are shown: one cap for each.
import { el } from "./dom.js";
import { shown } from "./keys.js";

export function keycaps(chord) {
  const words = shown(chord);
  return el("span.caps", {}, words.flatMap((word, at) => [at ? " " : "", el("kbd.key", {}, word)]));
}
