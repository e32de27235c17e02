// What a new label config does to results that are there: for each name that it lacks, the person
// says whether it is kept, renamed or removed.
import { call } from "./api.js";
import { open } from "./dialog.js";
import { el } from "./dom.js";

const TEXT = {
  title: "What becomes of the results",
  intro: "Stored results use names that the new config does not have. Say what is to be done; config and results are changed in one step.",
  label: (label, control) => ["Label ", el("strong", {}, label), ` of ${control}`],
  control: (loss) => ["Control ", el("strong", {}, loss.control), ` (${loss.type})`],
  used: (completions, regions) =>
    `${many(regions, "result")} in ${many(completions, "completion")}`,
  rename: (to) => `Rename to “${to}”`,
  remove: "Remove from the results",
  keep: "Keep it in the config",
  what: (name) => `What becomes of ${name}`,
  editorTitle: "The editor",
  editor: (missing, build) =>
    `The ${build === "modern" ? "classic" : "modern"} editor lacks ${missing.join(", ")}. This project switches to the ${build} one.`,
  converted: (n) => `${many(n, "stored result")} will be converted for it; nothing is dropped.`,
  lost: (n) => `${many(n, "result")} will be removed. This cannot be undone.`,
  cancel: "Back to the config",
  save: "Save",
};

const many = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

// null when the person goes back; else {changes, keep}: changes for api/label-config/change, and
// the losses whose names are to stay in the config. `build` is the editor that has what is `missing`.
export async function askWhatBecomes(losses, missing, build) {
  const rows = losses.map((loss) => ({ loss, select: choice(loss) }));
  const warning = el("p.notice.warn", { role: "status", hidden: true });
  const parts = [];
  if (rows.length) parts.push(el("p", {}, TEXT.intro), table(rows), warning);
  if (missing.length) parts.push(...(await editorPart(missing, build)));
  const button = (kind, value, words) =>
    el(`button.button${kind}`, { type: "button", onclick: () => shown.close(value) }, words);
  const shown = open(rows.length ? TEXT.title : TEXT.editorTitle, parts, {
    kind: "wide",
    footer: [button("", "", TEXT.cancel), button(".primary", "save", TEXT.save)],
  });
  const warn = () => {
    const lost = rows.filter(({ select }) => select.value === "remove");
    warning.hidden = !lost.length;
    warning.textContent = TEXT.lost(lost.reduce((sum, { loss }) => sum + loss.regions, 0));
  };
  for (const { select } of rows) select.addEventListener("change", warn);
  warn();
  if ((await shown.closed) !== "save") return null;
  return {
    changes: rows.filter(({ select }) => select.value !== "keep").map(({ loss, select }) => ({
      control: loss.control,
      ...(loss.kind === "label" ? { label: loss.label } : { object: loss.object }),
      to: select.value === "remove" ? null : select.value.slice("to:".length),
    })),
    keep: rows.filter(({ select }) => select.value === "keep").map(({ loss }) => loss),
  };
}

const nameOf = (loss) => (loss.kind === "label" ? loss.label : loss.control);

function table(rows) {
  return el(
    "table.table.losses",
    {},
    el("tbody", {}, rows.map(({ loss, select }) =>
      el(
        "tr",
        {},
        el("td", {}, loss.kind === "label" ? TEXT.label(loss.label, loss.control) : TEXT.control(loss)),
        el("td.quiet-text", {}, TEXT.used(loss.completions, loss.regions)),
        el("td", {}, select),
      ),
    )),
  );
}

function choice(loss) {
  const select = el(
    "select.input",
    { "aria-label": TEXT.what(nameOf(loss)) },
    el("option", { value: "keep" }, TEXT.keep),
    loss.candidates.map((name) => el("option", { value: `to:${name}` }, TEXT.rename(name))),
    el("option", { value: "remove" }, TEXT.remove),
  );
  select.value = loss.suggested ? `to:${loss.suggested}` : "keep";
  return select;
}

async function editorPart(missing, build) {
  const body = { build, dry_run: true };
  const { data } = await call("POST", "api/editor", { body, quiet: true });
  const parts = [el("p", {}, TEXT.editor(missing, build))];
  const converted = data.offsets + data.labels;
  if (converted) parts.push(el("p", {}, TEXT.converted(converted)));
  return parts;
}

// The config with the names that are to be kept put back where they were.
export function withKept(text, before, losses) {
  const old = new DOMParser().parseFromString(before, "application/xml");
  return losses.reduce((made, loss) => withOne(made, old, loss), text);
}

function withOne(text, old, loss) {
  const control = [...old.querySelectorAll("[name]")].find(
    (tag) => tag.getAttribute("name") === loss.control,
  );
  if (!control) return text;
  if (loss.kind === "control") {
    return text.replace(/([ \t]*)(<\/\w+>\s*)$/, (_, space, end) => `${space}  ${control.outerHTML}\n${space}${end}`);
  }
  const tag = [...control.querySelectorAll("Label, Choice")].find(
    (one) => (one.getAttribute("alias") ?? one.getAttribute("value")) === loss.label,
  );
  return tag ? inside(text, control.tagName, loss.control, tag.outerHTML) : text;
}

// Puts `xml` before the end of the tag with this name.
function inside(text, tag, name, xml) {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const start = new RegExp(`<${tag}\\b[^>]*\\bname\\s*=\\s*["']${quoted}["'][^>]*>`).exec(text);
  if (!start) return text;
  const end = text.indexOf(`</${tag}>`, start.index);
  if (end < 0) return text;
  const lineStart = text.lastIndexOf("\n", end) + 1;
  const space = /^[ \t]*/.exec(text.slice(lineStart))[0];
  return `${text.slice(0, lineStart)}${space}  ${xml}\n${text.slice(lineStart)}`;
}
