// The instructions of a project. They may hold simple HTML, as in 0.8.x; what is not simple is
// shown as text, and nothing of it can run.
import { open } from "./dialog.js";
import { el } from "./dom.js";
import { text } from "./label-text.js";

const SIMPLE = new Set(
  "B I U EM STRONG P BR UL OL LI H1 H2 H3 H4 H5 H6 CODE PRE BLOCKQUOTE HR DIV SPAN TABLE THEAD TBODY TR TD TH A".split(" "),
);
const DROPPED = new Set(["SCRIPT", "STYLE", "IFRAME", "OBJECT", "EMBED", "TEMPLATE"]);

export function instructions(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const isHtml = parsed.body.children.length > 0;
  const content = isHtml ? [...parsed.body.childNodes].map(simple) : paragraphs(html);
  return open(text.instructions, content);
}

function simple(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.textContent;
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return "";
  const inner = [...node.childNodes].map(simple);
  if (!SIMPLE.has(node.tagName)) return el("span", {}, inner);
  const made = el(node.tagName.toLowerCase(), {}, inner);
  const address = node.tagName === "A" && node.getAttribute("href");
  if (address && /^(https?:|mailto:)/i.test(address)) {
    made.href = address;
    made.target = "_blank";
    made.rel = "noopener noreferrer";
  }
  return made;
}

function paragraphs(words) {
  return words
    .split(/\n\s*\n/)
    .map((part) => el("p", {}, part.split("\n").flatMap((line, at) => (at ? [el("br"), line] : [line]))));
}
