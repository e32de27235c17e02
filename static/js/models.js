// The Models page: which models there are and how they do, training, predictions for all tasks.
import "./shell.js";
import { actionButton, curlButton } from "./action.js";
import { call, get } from "./api.js";
import { codeline } from "./codeline.js";
import { confirm, open } from "./dialog.js";
import { byId, el, icon, page } from "./dom.js";
import { cancel, follow } from "./jobs.js";
import * as keys from "./keys.js";
import { connectionForm } from "./models-form.js";
import { scoresTable } from "./models-scores.js";
import { Notices } from "./notices.js";
import { problem, toast } from "./toast.js";
import { count, counted, duration, exactly, when } from "./words.js";

const TEXT = {
  group: "Models",
  connect: "Connect a model",
  predict: "Predict all tasks",
  emptyTitle: "No model is connected",
  empty: "A model is a small web server: it gets tasks, answers with predictions, and learns from what you label. Those made for Label Studio 0.8 and with label-studio-ml for 1.x both work.",
  try: "To try it, start the text classifier that comes with label-studio-lite, then connect to http://localhost:9090:",
  lines: [
    "python3 -m venv ml-env && ml-env/bin/pip install -r examples/ml/text_classifier/requirements.txt",
    "ml-env/bin/label-studio-ml init my_classifier --script examples/ml/text_classifier/model.py",
    "ml-env/bin/python my_classifier/_wsgi.py --host 127.0.0.1 --port 9090",
  ],
  states: {
    CO: ["good", "Connected"],
    DI: ["bad", "No answer"],
    ER: ["bad", "Error"],
    asking: ["", "Asking…"],
    unknown: ["", "Not asked yet"],
  },
  training: "trains now",
  generation: (name) => `Label Studio ${name}`,
  version: "Model version",
  noVersion: "none yet; it was never trained",
  versions: "All versions",
  check: "Check",
  train: "Train",
  trainStarted: (names) => `Training started: ${names.join(", ")}.`,
  change: "Settings",
  remove: "Remove",
  removeTitle: (name) => `Remove “${name}”?`,
  removeWhy: "The project forgets its address. Predictions that are stored stay.",
  predictTitle: "Predict all tasks",
  predictWhy: (tasks) => `Every connected model is asked about ${counted(tasks, "task")}. Predictions are stored as they come; this can be left and goes on.`,
  predictKinds: {
    add: "Keep what is stored, and add or renew what these models say",
    missing_only: "Only tasks that have no prediction of the present version yet",
    replace: "Replace all stored predictions, those that were imported, too",
  },
  predictGo: "Predict",
  runs: "Predictions for all tasks",
  table: "Runs so far",
  stop: "Stop",
  resumed: "Goes on with the next task.",
  progress: (done, total) => `${count(done)} of ${count(total)} tasks`,
  left: (seconds) => `about ${duration(seconds)} left`,
  jobStates: {
    completed: ["good", "Done"],
    failed: ["bad", "Failed"],
    cancelled: ["warn", "Stopped"],
    running: ["accent", "Running"],
  },
  columns: ["Started", "State", "Tasks", "Predictions", "Not usable", "What went wrong"],
};

const notices = new Notices(byId("notices"));
let backends = [];
const asked = new Map(); // id → what `check` answered

// -- the models -----------------------------------------------------------------------------------

async function load() {
  backends = await get("api/backends");
  draw();
  for (const backend of backends) check(backend).catch((error) => problem(error.message));
}

async function check(backend) {
  asked.set(backend.id, { ...backend, asking: true });
  draw();
  const { data } = await call("POST", `api/backends/${backend.id}/check`, { quiet: true });
  asked.set(backend.id, data);
  draw();
}

function draw() {
  const none = !backends.length;
  byId("backends").replaceChildren(...(none ? [emptyState()] : backends.map(card)));
  byId("actions").replaceChildren(...actions(none));
}

function actions(none) {
  const connectButton = actionButton("button.button", TEXT.connect, connect, { sign: "plus" });
  const predictButton = actionButton("button.button.primary", TEXT.predict, predictAll);
  if (none) {
    connectButton.classList.add("primary");
    return page.readOnly ? [] : [connectButton];
  }
  predictButton.disabled = Boolean(page.readOnly) || !page.tasks;
  connectButton.disabled = Boolean(page.readOnly);
  return [connectButton, predictButton];
}

function emptyState() {
  return el(
    "div.card.empty-models",
    {},
    icon("model"),
    el("h2", {}, TEXT.emptyTitle),
    el("p", {}, TEXT.empty),
    el("p.quiet-text", {}, TEXT.try),
    TEXT.lines.map(codeline),
  );
}

function card(backend) {
  const now = { ...backend, ...asked.get(backend.id) };
  const [kind, words] = TEXT.states[now.asking ? "asking" : (now.state ?? "unknown")];
  const version = now.model_version || TEXT.noVersion;
  const others = (now.versions ?? []).filter((name) => name !== now.model_version);
  return el(
    "section.card.backend",
    { "aria-label": now.name, data: { backend: now.id } },
    el(
      "header",
      {},
      el("h2", {}, now.name),
      el(`span.chip${kind && `.${kind}`}`, {}, words),
      now.training ? el("span.chip.accent", {}, TEXT.training) : null,
      now.generation ? el("span.chip", {}, TEXT.generation(now.generation)) : null,
      el("code.quiet-text", {}, now.url),
    ),
    el(
      "dl",
      {},
      el("dt", {}, TEXT.version),
      el("dd", {}, version),
      others.length ? [el("dt", {}, TEXT.versions), el("dd", {}, others.join(", "))] : null,
    ),
    now.error && !now.asking ? failure(now) : null,
    el("div.actions", {}, buttons(now)),
  );
}

function failure(now) {
  const at = now.failed_at ? el("time", { title: exactly(now.failed_at) }, when(now.failed_at)) : null;
  return el("p.notice.bad", { role: "alert" }, icon("warning"), el("span.grow", {}, now.error), at);
}

function buttons(now) {
  const path = `api/backends/${now.id}`;
  const trainButton = actionButton("button.button.small", TEXT.train, () => train(now));
  trainButton.disabled = Boolean(now.training || page.readOnly);
  const change = actionButton("button.button.small", TEXT.change, () => changed(now));
  const remove = actionButton("button.button.small.quiet", TEXT.remove, () => removed(now));
  for (const button of [change, remove]) button.disabled = Boolean(page.readOnly);
  return [
    actionButton("button.button.small", TEXT.check, () => check(now)),
    trainButton,
    change,
    remove,
    curlButton(() => [
      { method: "POST", path: `${path}/check` },
      { method: "POST", path: `${path}/train` },
    ]),
  ];
}

async function connect() {
  if (await connectionForm()) await load();
}

async function changed(backend) {
  if (await connectionForm(backend)) await load();
}

async function removed(backend) {
  const sure = await confirm(TEXT.removeTitle(backend.name), TEXT.removeWhy, TEXT.remove, {
    danger: true,
  });
  if (!sure) return;
  await call("DELETE", `api/backends/${backend.id}`);
  await load();
}

async function train(backend) {
  const { data } = await call("POST", `api/backends/${backend.id}/train`);
  toast(TEXT.trainStarted(data.started));
  await check(backend);
}

// -- predictions for all tasks --------------------------------------------------------------------

async function predictAll() {
  const kinds = Object.entries(TEXT.predictKinds).map(([value, words], at) =>
    el(
      "label.check",
      {},
      el("input", { type: "radio", name: "kind", value, checked: at === 0 }),
      el("span", {}, words),
    ),
  );
  const go = { type: "button", onclick: () => shown.close("go") };
  const shown = open(TEXT.predictTitle, [el("p", {}, TEXT.predictWhy(page.tasks)), ...kinds], {
    footer: [el("button.button.primary", go, TEXT.predictGo)],
  });
  if ((await shown.closed) !== "go") return;
  const kind = shown.element.querySelector("input:checked").value;
  const body = kind === "add" ? {} : { [kind]: true };
  const { data } = await call("POST", "api/models/predict-all", { body });
  await watch(data);
}

async function watch(job) {
  const ended = await follow(job, (now) => drawRuns([now]));
  if (ended.error) notices.show("run", ended.error, { kind: "warn" });
  await loadRuns();
  await loadScores();
}

async function loadRuns() {
  const runs = await get("api/jobs?kind=predict");
  drawRuns(runs);
  return runs;
}

function drawRuns(runs) {
  const place = byId("runs");
  place.hidden = !runs.length;
  const running = runs.find((run) => run.status === "running");
  place.replaceChildren(
    el("h2", { id: "runs-title" }, TEXT.runs),
    running ? progress(running) : table(runs.slice(0, 5)),
  );
}

function progress(job) {
  const { done, total } = job;
  const seconds = Date.now() / 1000 - job.created_at;
  const left = done > 0 && seconds > 3 ? TEXT.left((seconds / done) * (total - done)) : "";
  const bar = { max: total || 1, value: done, "aria-label": TEXT.runs };
  return el(
    "div.run",
    {},
    el("progress.progress", bar),
    el("span", { role: "status" }, TEXT.progress(done, total)),
    el("span.quiet-text", {}, left),
    actionButton("button.button.small", TEXT.stop, () => cancel(job)),
  );
}

function table(runs) {
  const cells = (job) => [
    el("td", { title: exactly(job.created_at) }, when(job.created_at)),
    el("td", {}, el(`span.chip.${TEXT.jobStates[job.status][0]}`, {}, TEXT.jobStates[job.status][1])),
    el("td.number", {}, count(job.done)),
    el("td.number", {}, count(job.counts.stored ?? 0)),
    el("td.number", {}, count(job.counts.failed ?? 0)),
    el("td", {}, job.error ?? ""),
  ];
  const number = (at) => (at > 1 && at < 5 ? "th.number" : "th");
  return el(
    "div.scroll-x",
    { tabindex: 0, role: "region", "aria-label": TEXT.table },
    el(
      "table.table",
      {},
      el("thead", {}, el("tr", {}, TEXT.columns.map((name, at) => el(number(at), { scope: "col" }, name)))),
      el("tbody", {}, runs.map((job) => el("tr", {}, cells(job)))),
    ),
  );
}

async function loadScores() {
  const scores = page.completed ? await get("api/models/scores") : [];
  byId("scores").hidden = !scores.length;
  if (scores.length) byId("scores").replaceChildren(...scoresTable(scores));
}

// -- the page -------------------------------------------------------------------------------------

keys.declare(
  { id: "connect", title: TEXT.connect, enabled: () => !page.readOnly, run: connect },
  { id: "predict-all", title: TEXT.predict, enabled: () => backends.length > 0, run: predictAll },
);
try {
  await load();
  const runs = await loadRuns();
  const running = runs.find((run) => run.status === "running");
  if (running) watch(running);
  else await loadScores();
} catch (error) {
  problem(error.message);
}
