// The form that connects a model, or changes how it is asked.
import { call } from "./api.js";
import { actionButton } from "./action.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";

const TEXT = {
  connect: "Connect a model",
  change: (name) => `How “${name}” is asked`,
  save: "Save",
  go: "Connect",
  more: "More settings",
  fields: {
    url: ["Address", "Where the backend listens; it must answer now."],
    name: ["Name", "What its predictions are signed with. One is made if this is empty."],
    protocol: ["Generation", "What it speaks; it is asked when nothing is chosen."],
    basic_auth_user: ["User", ""],
    basic_auth_pass: ["Password", "It is stored in config.json and never shown again."],
    timeout: ["Seconds for a prediction", "100 unless you say otherwise."],
    batch_size: ["Tasks in one request", "32 unless you say otherwise."],
    media: ["How media are named to it", ""],
    hostname: ["This server, as the model reaches it", "For a model on another machine."],
    extra_params: ["Extra parameters, JSON", "Sent when it is set up (1.x)."],
  },
  protocols: { "": "ask it", "0.8": "Label Studio 0.8", "1.x": "Label Studio 1.x" },
  media: { "": "as addresses", path: "as paths on this machine", "as-is": "as the task has them" },
  badJson: "Extra parameters must be a JSON object.",
};
const NUMBERS = ["timeout", "batch_size"];
const MORE = ["protocol", "basic_auth_user", "basic_auth_pass", "timeout", "batch_size", "media",
  "hostname", "extra_params"];

// Resolves to the backend as it is afterwards, null when nothing was done.
export async function connectionForm(backend = null) {
  const inputs = {};
  const field = (name) => {
    const [label, hint] = TEXT.fields[name];
    const id = `model-${name}`;
    inputs[name] = input(name, id, backend);
    const said = hint ? el("span.hint", {}, hint) : null;
    return el("div.field", {}, el("label", { for: id }, label), inputs[name], said);
  };
  const form = el(
    "form.stack",
    { onsubmit: (event) => event.preventDefault() },
    field("url"),
    field("name"),
    el("details", {}, el("summary", {}, TEXT.more), el("div.stack.more", {}, MORE.map(field))),
  );
  let done = null;
  const go = async () => {
    if (!form.reportValidity()) return;
    done = await send(backend, inputs);
    shown.close();
  };
  const button = actionButton("button.button.primary", backend ? TEXT.save : TEXT.go, go);
  form.addEventListener("submit", () => button.click());
  const shown = open(backend ? TEXT.change(backend.name) : TEXT.connect, form, { footer: [button] });
  inputs.url.focus();
  await shown.closed;
  return done;
}

function input(name, id, backend) {
  const value = backend?.[name] ?? "";
  const choices = { protocol: TEXT.protocols, media: TEXT.media }[name];
  if (choices) {
    const options = Object.entries(choices).map(([key, words]) =>
      el("option", { value: key, selected: key === value }, words),
    );
    return el("select.input", { id }, options);
  }
  if (name === "extra_params") {
    return el("textarea.input", { id, spellcheck: "false" }, value ? JSON.stringify(value) : "");
  }
  const type = { url: "url", basic_auth_pass: "password" }[name] ?? (NUMBERS.includes(name) ? "number" : "text");
  const numeric = type === "number" ? { min: 1, step: name === "timeout" ? "any" : 1 } : {};
  const asked = name === "url" ? { required: true, placeholder: "http://localhost:9090" } : {};
  const rest = { autocomplete: type === "password" ? "new-password" : "off", value };
  return el("input.input", { id, type, ...numeric, ...asked, ...rest });
}

async function send(backend, inputs) {
  const body = {};
  for (const [name, element] of Object.entries(inputs)) {
    const value = read(name, element.value.trim());
    if (value !== null) body[name] = value;
    else if (backend && name !== "basic_auth_pass" && backend[name] !== undefined) body[name] = null;
  }
  const path = backend ? `api/backends/${backend.id}` : "api/backends";
  return (await call(backend ? "PATCH" : "POST", path, { body })).data;
}

function read(name, text) {
  if (text === "") return null;
  if (NUMBERS.includes(name)) return Number(text);
  if (name !== "extra_params") return text;
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(TEXT.badJson);
  }
}
