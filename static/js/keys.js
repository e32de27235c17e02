// Actions and their keys. A page declares what can be done; the palette, the help and the keyboard
// all work from the same list. Keys can be changed by the user; those that labels use are theirs.
import { page } from "./dom.js";
import { isOpen } from "./dialog.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const NAMED = { " ": "Space", Escape: "Esc", ArrowLeft: "Left", ArrowRight: "Right" };
NAMED.ArrowUp = "Up";
NAMED.ArrowDown = "Down";
const SHOWN = { Left: "←", Right: "→", Up: "↑", Down: "↓", Enter: "↵", Delete: "Del" };

const actions = new Map();
let taken = () => []; // [[chord, the label that it stands for], …]
let keymap = { ...page.keymap };

// {id, title, group, keys: ["Mod+Enter"], run, enabled?, repeat?, always?, everywhere?}. `Mod` is Ctrl,
// or ⌘ on a Mac. `enabled` says whether it can be done now; `always` also works in fields and
// dialogs; what is there `everywhere` is listed after what only this page can do.
export function declare(...added) {
  for (const action of added) actions.set(action.id, { keys: [], group: "", ...action });
}

export const all = () => [...actions.values()];
export const keysOf = (action) => keymap[action.id] ?? action.keys;
export const isEnabled = (action) => action.enabled?.() ?? true;

export function run(id) {
  const action = actions.get(id);
  if (action && isEnabled(action)) action.run();
}

// What the keys of labels are, so that none of ours takes them: `pairs()` are [[chord, label], …]
// at that moment, for an editor may draw them after the task is shown.
export function reserve(pairs) {
  taken = pairs;
}

export const labelAt = (chord) => taken().find(([key]) => normal(key) === normal(chord))?.[1];

export function rebind(map) {
  keymap = { ...map };
}

export const currentKeymap = () => ({ ...keymap });

// Which action has this chord, but for one.
export function holder(chord, except) {
  const wanted = normal(chord);
  return all().find((a) => a.id !== except && keysOf(a).some((key) => normal(key) === wanted));
}

// "Ctrl+Shift+Enter" for an event; null while only a modifier is down.
export function chordOf(event) {
  if (["Control", "Shift", "Alt", "Meta", "AltGraph", "Dead"].includes(event.key)) return null;
  let key = NAMED[event.key] ?? event.key;
  // with Alt some systems type other signs; the key itself is meant
  if (event.altKey && /^Key[A-Z]$/.test(event.code) && !/^[a-z]$/i.test(key)) key = event.code[3];
  const isSign = key.length === 1 && !/[a-z0-9]/i.test(key);
  const parts = [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.shiftKey && !isSign && "Shift",
    event.metaKey && "Meta",
  ].filter(Boolean);
  return [...parts, key.length === 1 ? key.toUpperCase() : key].join("+");
}

// One way of writing each chord: modifiers in order, letters in capitals.
function normal(chord) {
  const parts = chord === "+" ? ["+"] : chord.replace(/\+\+$/, "+Plus").split("+").map(capital);
  const key = parts.pop().replace("Plus", "+");
  const held = new Set(parts.map((part) => (part === "Mod" ? (IS_MAC ? "Meta" : "Ctrl") : part)));
  const order = ["Ctrl", "Alt", "Shift", "Meta"].filter((name) => held.has(name));
  return [...order, key.length === 1 ? key.toUpperCase() : key].join("+");
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

// A chord as a person reads it: ["Ctrl", "↵"].
export function shown(chord) {
  const signs = IS_MAC ? { Ctrl: "⌃", Alt: "⌥", Shift: "⇧", Meta: "⌘" } : {};
  return normal(chord)
    .split(/\+(?!$)/)
    .map((part) => signs[part] ?? SHOWN[part] ?? part);
}

function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  const quiet = ["checkbox", "radio", "button", "submit", "range", "color", "file"];
  if (target instanceof HTMLInputElement) return !quiet.includes(target.type);
  return target.isContentEditable || target.matches("textarea, select");
}

function onKey(event) {
  if (event.isComposing) return;
  const chord = chordOf(event);
  if (chord === null) return;
  const typing = isTyping(event.target);
  const modal = isOpen() || event.target.dataset?.keys === "own"; // a field that is apart from the page's work
  const bare = !/Ctrl|Alt|Meta|^F\d/.test(chord);
  for (const action of all()) {
    if (!keysOf(action).some((key) => normal(key) === chord)) continue;
    if (modal && !action.always) continue;
    if ((bare && typing) || labelAt(chord) !== undefined) continue;
    // from here on the key is ours, so that the editor does not act on it, too
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isEnabled(action) && (!event.repeat || action.repeat)) action.run();
    return;
  }
}

addEventListener("keydown", onKey, { capture: true });
