// The Export page: a format, what goes in, and then a file with a report of what could not.
import "./shell.js";
import { curlButton } from "./action.js";
import { address, call, get } from "./api.js";
import { confirm } from "./dialog.js";
import { byId, el, icon, page } from "./dom.js";
import { text } from "./export-text.js";
import { cancel, follow, running } from "./jobs.js";
import { problem } from "./toast.js";
import { count, exactly, size, when } from "./words.js";

const CHOSEN = "lsl:export-format";
const PATH = "api/exports";
const FILES = "api/project/exports";

const asked = wantedFromAddress();
const form = byId("form");
let formats = [];
let numbers = null; // of what was chosen on the Tasks page

// What the Tasks page sent: which tasks, in the language of the API.
function wantedFromAddress() {
  const given = new URLSearchParams(location.search);
  const body = {};
  for (const name of ["state", "search"]) if (given.get(name)) body[name] = given.get(name);
  try {
    if (given.has("query")) body.query = JSON.parse(given.get("query"));
  } catch {
    return null; // an address that was cut off
  }
  return Object.keys(body).length ? body : null;
}

// -- the form --------------------------------------------------------------------------------------

function formatCard(format) {
  const fact = (title, words) => (words ? [el("dt", {}, title), el("dd", {}, words)] : []);
  const input = { type: "radio", name: "format", value: format.name, id: `format-${format.name}`, required: true };
  return el("label.format", {},
    el("input", input),
    el("span", {},
      el("span.name", {}, format.title),
      " ",
      el("span.quiet-text", {}, format.description),
      el("dl.facts", {}, fact(text.holds, format.holds), fact(text.cannot, format.cannot)),
    ),
  );
}

function showFormats() {
  const fitting = formats.filter((format) => format.available);
  const others = formats.filter((format) => !format.available);
  byId("formats").replaceChildren(...fitting.map(formatCard));
  byId("other-formats").replaceChildren(...others.map(formatCard));
  byId("others").hidden = !others.length;
  const first = formats.find(({ name }) => name === remembered()) ?? formats[0];
  byId(`format-${first.name}`).checked = true;
  byId("others").open = !first.available;
}

const chosen = () => formats.find(({ name }) => name === form.elements.format.value);

function radio(name, value, words, checked) {
  return el("label.check", {}, el("input", { type: "radio", name, value, checked }), el("span", {}, words));
}

function check(name, words, { checked = false } = {}) {
  return el("label.check", { data: { option: name } }, el("input", { type: "checkbox", name, checked }), el("span", {}, words));
}

function showChoices() {
  const which = [
    numbers && radio("which", "chosen", text.chosen(numbers.tasks), true),
    radio("which", "finished", text.finished(page.completed), !numbers),
    radio("which", "everything", text.everything(page.tasks), false),
  ];
  const tokenizer = el("div.field", { data: { option: "tokenizer" } },
    el("label", { for: "tokenizer" }, text.tokenizer),
    el("select.input", { id: "tokenizer", name: "tokenizer" },
      page.tokenizers.map((name) => el("option", { value: name }, text.tokenizers[name] ?? name))),
  );
  const go = el("button.button.primary", { id: "go" });
  byId("choices").append(
    el("fieldset", {}, el("legend", {}, text.which), which.filter(Boolean)),
    el("fieldset", {}, el("legend", {}, text.completions),
      radio("newest", "", text.asFormat, true),
      radio("newest", "true", text.newest, false),
      radio("newest", "false", text.all, false),
      check("skipped", text.skipped),
      check("ground_truth", text.truth),
    ),
    el("fieldset", { id: "more" }, el("legend", {}, text.more),
      check("predictions", text.predictions),
      check("media", text.media, { checked: true }),
      tokenizer,
      check("raw", text.raw),
    ),
    el("div.go", {}, curlButton(() => [{ method: "POST", path: PATH, body: body() }]), go),
  );
}

function showOptions() {
  const format = chosen();
  for (const element of document.querySelectorAll("#more [data-option]")) {
    element.hidden = !format.options.includes(element.dataset.option);
  }
  byId("more").hidden = !format.options.length;
  byId("go").replaceChildren(icon("download"), text.go(format.title));
}

// What the API is asked for: nothing that is as the format has it anyway.
function body() {
  const { elements } = form;
  const { name, options } = chosen();
  const made = { format: name, ...(elements.which.value === "chosen" ? asked : {}) };
  if (elements.which.value !== "finished") made.all_tasks = true;
  if (elements.newest.value) made.newest = elements.newest.value === "true";
  for (const flag of ["skipped", "ground_truth"]) if (elements[flag].checked) made[flag] = true;
  for (const flag of ["predictions", "raw"]) {
    if (options.includes(flag) && elements[flag].checked) made[flag] = true;
  }
  if (options.includes("media") && !elements.media.checked) made.media = false;
  if (options.includes("tokenizer") && elements.tokenizer.value !== page.tokenizers[0]) {
    made.tokenizer = elements.tokenizer.value;
  }
  return made;
}

form.addEventListener("change", () => {
  remember(chosen().name);
  showOptions();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await watch((await call("POST", PATH, { body: body() })).data, { download: true });
  } catch (error) {
    problem(error.message);
  }
});

// The format of last time; a browser that keeps nothing begins with the first.
function remembered() {
  try {
    return localStorage.getItem(CHOSEN);
  } catch {
    return null;
  }
}

function remember(name) {
  try {
    localStorage.setItem(CHOSEN, name);
  } catch {
    // it holds for this page only
  }
}

// -- an export -------------------------------------------------------------------------------------

async function watch(started, { download }) {
  const place = byId("progress");
  const words = el("p");
  const bar = el("progress.progress", { max: 1, value: 0, "aria-label": text.group });
  const stop = el("button.button", { type: "button", onclick: () => cancel(started) }, text.cancel);
  byId("go").disabled = true;
  byId("result").hidden = true;
  place.hidden = false;
  place.replaceChildren(el("div.card.row", {}, el("div.grow.stack.tight", {}, words, bar), stop));
  const job = await follow(started, (now) => {
    words.textContent = text.working(now);
    bar.max = Math.max(now.total, 1);
    bar.value = now.done;
  });
  byId("go").disabled = false;
  place.hidden = true;
  byId("result").replaceChildren(...outcome(job));
  byId("result").hidden = false;
  byId("result").scrollIntoView({ block: "nearest" });
  if (job.status === "completed" && download) byId("result").querySelector("a").click();
  await showEarlier();
}

function outcome(job) {
  if (job.status === "cancelled") return [el("p.notice.warn", {}, icon("info"), el("span.grow", {}, text.cancelled))];
  if (job.status === "failed") return [el("p.notice.bad", {}, icon("warning"), el("span.grow", {}, text.failed(job.error)))];
  const { name, size: bytes, counts } = job.result;
  const parts = Object.entries(text.parts)
    .filter(([key]) => counts[key])
    .map(([key, one]) => text.part(one, counts[key]));
  const clean = !counts.summary.length;
  return [
    el("div.card", {},
      el("div.row", {},
        icon(clean ? "check" : "info"),
        el("p.grow", {}, el("strong", {}, text.done(job.result)), parts.length ? `. ${parts.join(", ")}.` : ".", clean ? ` ${text.complete}` : ""),
        el("a.button.primary", { href: address(`${FILES}/${name}`), download: name }, icon("download"), text.download(`${name}, ${size(bytes)}`)),
      ),
      clean ? null : reasons(counts.summary, job.params.raw),
    ),
  ];
}

function reasons(summary, raw) {
  const row = ({ kind, reason, count: times }) =>
    el("tr", {}, el("td", {}, text.kinds[kind] ?? kind), el("td", {}, reason), el("td.number", {}, count(times)));
  return el("div.stack.tight", {},
    el("h3", {}, text.whyTitle),
    el("div.reasons", { tabindex: 0, role: "region", "aria-label": text.whyTitle },
      el("table.table", {},
        el("thead", {}, el("tr", {}, [text.what, text.reason].map((title) => el("th", { scope: "col" }, title)), el("th.number", { scope: "col" }, text.howMany))),
        el("tbody", {}, summary.map(row)),
      ),
    ),
    raw ? null : el("p.quiet-text.small-text", {}, text.inReport),
  );
}

// -- earlier ones ----------------------------------------------------------------------------------

async function showEarlier() {
  const [files, jobs] = await Promise.all([get(FILES), get("api/jobs?kind=export")]);
  const known = new Map(jobs.filter((job) => job.result).map((job) => [job.result.name, job]));
  const place = byId("earlier");
  const title = el("h2", {}, text.earlier);
  if (!files.length) return place.replaceChildren(title, el("p.quiet-text", {}, text.none));
  const heads = [text.file, text.format, text.made, text.size].map((name) => el("th", { scope: "col" }, name));
  const rows = files.map((file) => earlierRow(file, known.get(file.name)));
  place.replaceChildren(
    title,
    el("div.card", { tabindex: 0, role: "region", "aria-label": text.earlier },
      el("table.table", {},
        el("thead", {}, el("tr", {}, heads, el("th", { scope: "col" }, el("span.sr-only", {}, text.actions)))),
        el("tbody", {}, rows),
      ),
    ),
  );
}

function earlierRow({ name, size: bytes, created_at: at }, job) {
  const title = formats.find((format) => format.name === job?.params.format)?.title ?? "";
  const remove = { type: "button", "aria-label": text.remove(name), title: text.remove(name), onclick: () => discard(name) };
  return el("tr", {},
    el("td", {}, el("a", { href: address(`${FILES}/${name}`), download: name }, name)),
    el("td", {}, title, job && job.result.counts.skipped ? el("span.quiet-text", {}, ` – ${text.done(job.result)}`) : null),
    el("td", {}, el("time", { datetime: new Date(at * 1000).toISOString(), title: exactly(at) }, when(at))),
    el("td", {}, size(bytes)),
    el("td.number", {}, el("button.button.quiet.square.small", remove, icon("trash"))),
  );
}

async function discard(name) {
  if (!(await confirm(text.removeTitle(name), text.removeText, text.delete, { danger: true }))) return;
  try {
    await call("DELETE", `${FILES}/${encodeURIComponent(name)}`);
  } catch (error) {
    problem(error.message);
  }
  await showEarlier();
}

// -- the start -------------------------------------------------------------------------------------

async function begin() {
  formats = await get(`${PATH}/formats`);
  if (asked) numbers = (await call("POST", "api/table/summary", { body: asked })).data;
  showFormats();
  showChoices();
  showOptions();
  await showEarlier();
  const [unfinished] = await running("export");
  if (unfinished) await watch(unfinished, { download: false });
}
begin().catch((error) => problem(error.message));
