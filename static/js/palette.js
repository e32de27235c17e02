// The command palette: everything that can be done or visited here, found by typing.
import { el } from "./dom.js";
import { open } from "./dialog.js";
import { all, isEnabled, keysOf } from "./keys.js";
import { keycaps } from "./keycaps.js";

const TEXT = { title: "Commands", hint: "Type what you want to do", none: "Nothing like that" };

export function showPalette() {
  const list = el("ul.options", { role: "listbox", id: "palette-options", "aria-label": TEXT.title });
  const input = el("input.input", {
    type: "text",
    role: "combobox",
    placeholder: TEXT.hint,
    "aria-label": TEXT.hint,
    "aria-expanded": "true",
    "aria-controls": "palette-options",
    autocomplete: "off",
    spellcheck: "false",
  });
  const shown = open(TEXT.title, [input, list], { kind: "palette" });
  const last = ({ everywhere = false }) => Number(everywhere);
  const entries = all()
    .filter((action) => action.id !== "palette")
    .sort((a, b) => last(a) - last(b));
  let found = [];
  let at = 0;

  const draw = () => {
    found = matching(entries, input.value);
    at = Math.max(0, found.findIndex(isEnabled));
    list.replaceChildren(...found.map(row));
    if (!found.length) list.append(el("li.quiet-text", {}, TEXT.none));
    mark();
  };
  const row = (action, index) =>
    el(
      "li",
      {
        role: "option",
        id: `palette-${index}`,
        "aria-disabled": isEnabled(action) ? null : "true",
        onclick: () => choose(index),
      },
      el("span", {}, action.title),
      keysOf(action).length ? keycaps(keysOf(action)[0]) : null,
    );
  const mark = () => {
    [...list.children].forEach((item, index) => {
      if (item.role === "option") item.setAttribute("aria-selected", String(index === at));
    });
    list.children[at]?.scrollIntoView?.({ block: "nearest" });
    input.setAttribute("aria-activedescendant", found.length ? `palette-${at}` : "");
  };
  const choose = (index) => {
    const action = found[index];
    if (!action || !isEnabled(action)) return;
    shown.close();
    action.run();
  };
  input.addEventListener("input", draw);
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) {
      at = (at + step + found.length) % found.length;
      mark();
      event.preventDefault();
    } else if (event.key === "Enter") {
      choose(at);
      event.preventDefault();
    }
  });
  draw();
  input.focus();
}

// Every word typed must begin a word of the title; titles that begin with it come first.
function matching(entries, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (action) => {
    const parts = action.title.toLowerCase().split(/[^\p{L}\p{N}]+/u);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  const first = (action) => Number(!action.title.toLowerCase().startsWith(words[0] ?? ""));
  return entries.filter(fits).sort((a, b) => first(a) - first(b));
}
