// Making elements, without a framework: el("button.primary", {type: "button"}, "Save").
export const { root, version } = document.documentElement.dataset;

// Kept by browsers, so that icons are there while the server is not.
const ICONS = `${root}static/icons.svg?v=${version}`;

// `what` is a tag with classes ("div.card.wide"). Properties that begin with "on" are listeners,
// "data" is an object, everything else is an attribute; null and false leave it out.
export function el(what, properties = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag || "div");
  made.classList.add(...classes);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

// An icon of static/icons.svg, which only decorates: what it means is said in words beside it.
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${ICONS}#${name}`);
  made.append(use);
  return made;
}

// Changes the icon that an element has already.
export function setIcon(element, name) {
  element.querySelector(".icon use").setAttribute("href", `${ICONS}#${name}`);
}

// What the server told this page.
export const page = JSON.parse(document.getElementById("page").textContent);

export const byId = (id) => document.getElementById(id);

// Moves the focus to what appears after a wait, unless the person has gone elsewhere meanwhile.
export function offerFocus(target) {
  const now = document.activeElement;
  if (!now || now === document.body || !now.checkVisibility()) target?.focus();
}
