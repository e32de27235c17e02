// The form of one type of storage, from the description of its fields that the API gives:
// {name, type, description, default, data, title?, secret?}.
import { el } from "./dom.js";

const TEXT = { kept: "kept as it is" };
const ACRONYMS = { url: "URL", urls: "URLs", aws: "AWS", id: "ID", s3: "S3", gcs: "GCS" };

// {element, values(), problems({name: [message]})}; values are those that the API takes.
export function storageForm(role, fields, isCurrent) {
  const made = fields.map((field) => ({ field, ...control(role, field, isCurrent) }));
  const problems = (errors) => {
    let first = null;
    for (const { field, input, problem } of made) {
      const messages = errors[field.name];
      problem.hidden = !messages;
      problem.textContent = messages?.join(" ") ?? "";
      input.setAttribute("aria-invalid", String(Boolean(messages)));
      if (messages) first ??= input;
    }
    first?.focus();
    return first !== null;
  };
  const values = () => {
    const found = {};
    for (const { field, input } of made) {
      if (input.type === "checkbox") found[field.name] = input.checked;
      else if (input.value !== "" || !field.secret) found[field.name] = input.value;
    }
    return found;
  };
  return { element: el("div.stack", {}, made.map(({ whole }) => whole)), values, problems };
}

function control(role, field, isCurrent) {
  const id = `${role}-${field.name}`;
  const problem = el("span.problem", { hidden: true });
  const label = field.title || titleOf(field.name);
  const value = field.data ?? field.default ?? "";
  const hint = field.description && field.description !== label ? el("span.hint", {}, field.description) : null;
  if (field.type === "BooleanField") {
    const input = el("input", { id, type: "checkbox", checked: Boolean(value) });
    const check = el("label.check", {}, input, el("span", {}, label));
    return { input, problem, whole: el("div.field", {}, check, hint, problem) };
  }
  const type = { IntegerField: "number" }[field.type] ?? (field.secret ? "password" : "text");
  const input = el("input.input", {
    id,
    type,
    value: field.secret ? "" : value,
    placeholder: field.secret && isCurrent ? TEXT.kept : "",
    autocomplete: field.secret ? "new-password" : "off",
    spellcheck: "false",
  });
  const whole = el("div.field", {}, el("label", { for: id }, label), input, hint, problem);
  return { input, problem, whole };
}

// "use_blob_urls" as a person writes it: "Use blob URLs".
function titleOf(name) {
  const words = name.split("_").map((word) => ACRONYMS[word] ?? word);
  return words.map((word, at) => (at ? word : word.charAt(0).toUpperCase() + word.slice(1))).join(" ");
}
