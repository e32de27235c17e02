// What buttons do: an action that calls the API, and the same call as a line for curl.
import { curl } from "./api.js";
import { codeline } from "./codeline.js";
import { open } from "./dialog.js";
import { el, icon } from "./dom.js";
import { problem } from "./toast.js";

const TEXT = { curl: "As curl", curlTitle: "The same from a shell" };

// A button whose action may take a while: it cannot be pressed again meanwhile, and what goes
// wrong is told in words. `run` gets the button.
export function actionButton(what, words, run, { sign = null } = {}) {
  const onclick = async () => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await run(button);
    } catch (error) {
      problem(error.message);
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  };
  const button = el(what, { type: "button", onclick }, sign && icon(sign), words);
  return button;
}

// A small button that shows what an action would send; `calls()` gives [{method, path, body}].
export function curlButton(calls) {
  const show = () => open(TEXT.curlTitle, calls().map((made) => codeline(line(made))), { kind: "wide" });
  const given = { type: "button", title: TEXT.curl, "aria-label": TEXT.curl, onclick: show };
  return el("button.button.quiet.square", given, icon("terminal"));
}

// {method, path, body} as a line for curl; `body` may be an object.
export function line({ method = "GET", path, body, headers = {} }) {
  const isJson = body !== undefined && typeof body !== "string" && !(body instanceof FormData);
  if (!isJson) return curl({ method, path, headers, body });
  const typed = { "Content-Type": "application/json", ...headers };
  return curl({ method, path, headers: typed, body: JSON.stringify(body) });
}
