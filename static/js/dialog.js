// Dialogs on the browser's own <dialog>: focus stays inside, Escape closes, focus goes back.
import { el, icon } from "./dom.js";

const TEXT = { close: "Close", cancel: "Cancel" };

let count = 0;

// Shows a dialog; `footer` are buttons. Returns {element, close, closed (a promise)}.
export function open(title, content, { footer = [], kind = "" } = {}) {
  const id = `dialog-${++count}`;
  const cross = { type: "button", "aria-label": TEXT.close, onclick: () => element.close() };
  const element = el(
    `dialog.dialog.box${kind && `.${kind}`}`,
    { "aria-labelledby": id },
    el("header", { role: "presentation" }, el("h2", { id }, title), el("button.button.quiet.square", cross, icon("close"))),
    el("div.content", {}, content),
    footer.length ? el("footer", { role: "presentation" }, footer) : null,
  );
  const closed = new Promise((resolve) => {
    element.addEventListener("close", () => {
      element.remove();
      resolve(element.returnValue);
    });
  });
  element.addEventListener("click", (event) => event.target === element && element.close());
  // the labeling editor behind it would act on keys, and keep Escape from closing the dialog
  element.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(element);
  element.showModal();
  return { element, close: (value) => element.close(value), closed };
}

// Asks before something that cannot be undone; true when the person goes on.
export async function confirm(title, text, go, { danger = false } = {}) {
  const button = (kind, value, words) =>
    el(`button.button${kind}`, { type: "button", onclick: () => shown.close(value) }, words);
  const shown = open(title, el("p", {}, text), {
    footer: [button("", "", TEXT.cancel), button(danger ? ".danger" : ".primary", "go", go)],
  });
  shown.element.querySelector("footer .button:last-child").focus();
  return (await shown.closed) === "go";
}

export const isOpen = () => document.querySelector("dialog[open]") !== null;
