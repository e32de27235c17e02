// The form for a new project: a title, and a template to begin with.
import { actionButton } from "./action.js";
import { call, get } from "./api.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";
import { examplePicture } from "./picture.js";

const TEXT = {
  title: "New project",
  name: "Title",
  template: "It begins with",
  find: "Find a template",
  later: "nothing yet",
  go: "Make it",
};

// Resolves to the id of the project, null when none was made.
export async function newProject() {
  const examples = await get("api/gallery");
  const name = el("input.input", { id: "project-title", required: true, autocomplete: "off" });
  const find = el("input.input", {
    type: "search",
    placeholder: TEXT.find,
    "aria-label": TEXT.find,
    oninput: () => draw(),
  });
  const list = el("div.templates", { role: "radiogroup", "aria-label": TEXT.template });
  const form = el(
    "form.stack.new-project",
    { onsubmit: (event) => event.preventDefault() },
    el("div.field", {}, el("label", { for: "project-title" }, TEXT.name), name),
    el("div.field", {}, el("span", {}, TEXT.template), find, list),
  );
  let chosen = "";
  let made = null;

  const draw = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (one) => `${one.title} ${one.group} ${one.description}`.toLowerCase();
    const fitting = examples.filter((one) => words.every((word) => text(one).includes(word)));
    list.replaceChildren(...fitting.map(pick));
  };
  const pick = (one) => {
    const onchange = () => {
      chosen = one.name;
    };
    const input = { type: "radio", name: "template", value: one.name, onchange };
    const radio = el("input", { ...input, checked: one.name === chosen });
    return el("label.pick", {}, examplePicture(one.name), el("span", {}, radio, one.title));
  };
  const go = async () => {
    if (!form.reportValidity()) return;
    const body = { title: name.value, ...(chosen ? { template: chosen } : {}) };
    made = (await call("POST", "api/workspace/projects", { body })).data.id;
    shown.close();
  };
  const button = actionButton("button.button.primary", TEXT.go, go);
  form.addEventListener("submit", () => button.click());
  const shown = open(TEXT.title, form, { kind: "wide", footer: [button] });
  draw();
  name.focus();
  await shown.closed;
  return made;
}
