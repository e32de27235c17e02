// How the files are read: as tasks, or as finished work of another program, in a format by name.
import { actionButton, curlButton } from "./action.js";
import { codeline } from "./codeline.js";
import { el, icon } from "./dom.js";
import { text } from "./import-text.js";

// What is chosen; `format` is empty for tasks.
export const reading = { format: "", as: "completions", media_url: "", set_label_config: false };

export function wish() {
  if (!reading.format) return {};
  const { format, as, media_url: url, set_label_config: config } = reading;
  const finished = { format, as, ...(url && { media_url: url }), ...(config && { set_label_config: true }) };
  return { finished };
}

// The row that chooses; `changed()` is called when it is read otherwise.
export function chooser(formats, changed) {
  const set = (name) => ({ target }) => {
    reading[name] = target.value;
    if (name === "format") reading.set_label_config = false;
    changed();
  };
  const option = (value, words, chosen) => el("option", { value, selected: value === chosen }, words);
  const format = el("select.input", { id: "read-as", onchange: set("format") },
    option("", text.tasksOnly, reading.format),
    el("optgroup", { label: text.finished },
      formats.map(({ name, title }) => option(name, title, reading.format))),
  );
  const row = [el("label", { for: "read-as" }, text.readAs), format];
  if (reading.format) {
    const roles = Object.entries(text.roles).map(([name, words]) => option(name, words, reading.as));
    const url = el("input.input.address", { id: "media-url", type: "url", value: reading.media_url, placeholder: "https://", onchange: set("media_url") });
    row.push(
      el("label", { for: "becomes" }, text.becomes),
      el("select.input", { id: "becomes", onchange: set("as") }, roles),
      el("label", { for: "media-url" }, text.mediaUrl),
      url,
    );
  }
  const about = formats.find(({ name }) => name === reading.format)?.description;
  return [el("div.row", {}, row), about ? el("p.quiet-text.small-text", {}, about) : null].filter(Boolean);
}

// What finished work there is, and what the label config lacks for it.
export function foundWork(found, changed) {
  if (found.problem) return [el("p.notice.bad", {}, icon("warning"), el("span.grow", {}, `${text.notSo}: ${found.problem}`))];
  const parts = [el("h2", {}, found.tasks ? text.found(found) : text.nothing)];
  if (!found.missing.length) return parts;
  const take = { type: "checkbox", checked: reading.set_label_config, onchange: ({ target }) => {
    reading.set_label_config = target.checked;
    changed();
  } };
  return [
    ...parts,
    el("p.notice.warn", {}, icon("warning"), el("span.grow", {}, text.lacks(found.missing))),
    el("label.check", {}, el("input", take), el("span", {}, text.takeConfig)),
    codeline(found.label_config),
  ];
}

export function goWork(found, start, wanted) {
  const fits = !found.problem && found.tasks > 0 && (!found.missing.length || reading.set_label_config);
  const button = actionButton("button.button.primary", found.problem ? text.goAll : text.goFinished(found), start);
  button.disabled = !fits;
  return [el("p.grow.quiet-text", {}, fits ? text.allOrNothing : ""), curlButton(() => [wanted()]), button];
}
