// A button that opens a short list: arrows move, Escape and a click elsewhere close.
import { el } from "./dom.js";

// `rows()` gives the elements of the list when it is opened; buttons among them close it.
export function menu(button, rows, { className = "" } = {}) {
  const sheet = el("div.sheet", { role: "menu", hidden: true });
  const whole = el(`div.menu${className && `.${className}`}`, {}, button, sheet);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");

  const items = () => [...sheet.querySelectorAll('[role^="menuitem"]:not(:disabled)')];
  const show = (open) => {
    if (open === !sheet.hidden) return;
    if (open) sheet.replaceChildren(...rows());
    sheet.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) items()[0]?.focus();
  };
  button.addEventListener("click", () => show(sheet.hidden));
  sheet.addEventListener("click", (event) => {
    if (event.target.closest('[role^="menuitem"]')) show(false);
  });
  whole.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !whole.contains(event.relatedTarget)) show(false);
  });
  addEventListener("pointerdown", (event) => !whole.contains(event.target) && show(false), true);
  whole.addEventListener("keydown", (event) => {
    if (sheet.hidden) return;
    const all = items();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const at = all.indexOf(document.activeElement) + step;
      all[(at + all.length) % all.length]?.focus();
    } else if (event.key === "Escape") {
      show(false);
      button.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return whole;
}
