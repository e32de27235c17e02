// All keys of a page, and changing them. What is changed is kept in the project (config.json,
// `keymap`), through PUT api/keymap.
import { call } from "./api.js";
import { el } from "./dom.js";
import { open } from "./dialog.js";
import * as keys from "./keys.js";
import { keycaps } from "./keycaps.js";
import { problem } from "./toast.js";

const TEXT = {
  title: "Keys",
  intro: "Click a key to change it. Changes are kept in the project.",
  none: "set a key",
  or: "or",
  press: "Press the new key, Esc to leave it",
  taken: (title) => `“${title}” has this key already.`,
  label: (label) => `The label “${label}” has this key.`,
  reset: "All keys as they were",
  editor: "In the editor",
  labels: "Labels",
  change: (title) => `Change the key of “${title}”`,
};

// `extra` are keys that are not ours: [{title, rows: [[chord, what], …]}, …].
export function showHelp(extra = []) {
  const content = el("div.keys-list");
  const reset = { type: "button", onclick: () => save({}) };
  const shown = open(TEXT.title, [el("p.quiet-text", {}, TEXT.intro), content], {
    kind: "wide",
    footer: [el("button.button", reset, TEXT.reset)],
  });

  const draw = () => {
    const groups = Map.groupBy
      ? Map.groupBy(keys.all(), (action) => action.group)
      : grouped(keys.all());
    const ours = [...groups].filter(([group]) => group).map(([group, rows]) => section(group, rows));
    const others = extra.map(({ title, rows }) =>
      el("section", {}, el("h3", {}, title), rows.map(fixedRow)),
    );
    content.replaceChildren(...ours, ...others);
  };

  const section = (group, rows) => el("section", {}, el("h3", {}, group), rows.map(row));

  const row = (action) => {
    const chords = keys.keysOf(action);
    const button = el(
      "button",
      { type: "button", "aria-label": TEXT.change(action.title), onclick: () => listen(button, action) },
      chords.length ? chords.flatMap((chord, at) => [at ? TEXT.or : null, keycaps(chord)]) : TEXT.none,
    );
    return el("div.row", {}, el("span", {}, action.title), button);
  };

  const fixedRow = ([chord, what]) => el("div.row", {}, el("span", {}, what), keycaps(chord));

  const listen = (button, action) => {
    button.classList.add("listening");
    button.replaceChildren(TEXT.press);
    const stop = () => {
      removeEventListener("keydown", onKey, true);
      draw();
    };
    const onKey = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const chord = keys.chordOf(event);
      if (chord === null) return;
      if (chord !== "Esc") bind(action, chord);
      stop();
    };
    addEventListener("keydown", onKey, true);
    button.addEventListener("blur", stop, { once: true });
  };

  const bind = (action, chord) => {
    const other = keys.holder(chord, action.id);
    const label = keys.labelAt(chord);
    if (other) return problem(TEXT.taken(other.title));
    if (label) return problem(TEXT.label(label));
    return save({ ...keys.currentKeymap(), [action.id]: [chord] });
  };

  const save = async (map) => {
    const before = keys.currentKeymap();
    keys.rebind(map);
    draw();
    try {
      await call("PUT", "api/keymap", { body: map });
      dispatchEvent(new CustomEvent("lsl:keymap"));
    } catch (error) {
      keys.rebind(before);
      draw();
      problem(error.message);
    }
  };

  draw();
  return shown;
}

function grouped(actions) {
  const groups = new Map();
  for (const action of actions) groups.set(action.group, [...(groups.get(action.group) ?? []), action]);
  return groups;
}
