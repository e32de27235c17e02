// Short messages that go away by themselves, with at most one thing to do about them.
import { el, icon } from "./dom.js";

const TEXT = { close: "Close", region: "Messages" };
const SECONDS = 6;

let region = null;

function place() {
  region ??= document.body.appendChild(
    el("section.toasts.box", { "aria-label": TEXT.region, "aria-live": "polite" }),
  );
  return region;
}

// `action` is {title, run}, `content` what else is shown; with `stay` the message is there until it
// is closed, else while it has the focus.
export function toast(message, { kind = "", action = null, content = [], stay = false } = {}) {
  const close = () => {
    clearTimeout(timer);
    shown.remove();
  };
  const shown = el(
    `div.toast${kind && `.${kind}`}`,
    { role: kind === "bad" ? "alert" : "status" },
    el("span", {}, message),
    content,
  );
  if (action) {
    const run = () => {
      close();
      action.run();
    };
    shown.append(el("button.button.small", { type: "button", onclick: run }, action.title));
  }
  const cross = { type: "button", "aria-label": TEXT.close, onclick: close };
  shown.append(el("button.button.quiet.square.small", cross, icon("close")));
  let timer = 0;
  const later = () => {
    timer = setTimeout(() => (shown.contains(document.activeElement) ? later() : close()), SECONDS * 1000);
  };
  if (!stay) later();
  place().append(shown);
  return { close };
}

export const problem = (message, options = {}) => toast(message, { kind: "bad", ...options });
