// A line of code with a button that copies it.
import { el, icon } from "./dom.js";
import { toast } from "./toast.js";

const TEXT = { copy: "Copy", copied: "Copied." };

export function codeline(code) {
  const copy = { type: "button", "aria-label": TEXT.copy, title: TEXT.copy, onclick };
  return el("div.codeline", {}, el("code", { tabindex: 0 }, code), button());

  function button() {
    return el("button.button.quiet.square.small", copy, icon("copy"));
  }

  async function onclick() {
    await copied(code);
    toast(TEXT.copied);
  }
}

// The clipboard is not offered on plain http from another machine.
async function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.body.appendChild(el("textarea.sr-only", {}, text));
  area.select();
  document.execCommand("copy");
  area.remove();
}
