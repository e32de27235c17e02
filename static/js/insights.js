// The Insights page: asks for the numbers until all tasks are counted, showing what there is.
import "./shell.js";
import { curlButton } from "./action.js";
import { get } from "./api.js";
import { byId, el, icon, root } from "./dom.js";
import { plots } from "./insights-plots.js";
import { drawAll } from "./plot.js";
import { problem } from "./toast.js";
import { count, counted, duration, exactly, when } from "./words.js";

const TEXT = {
  counting: (share) => `Counting… ${Math.round(share * 100)} %`,
  labeled: "Labeled",
  of: (tasks) => `of ${counted(tasks, "task")}`,
  median: "Median time",
  total: (seconds) => `${duration(seconds)} in all`,
  pace: "A day of work",
  paceAbout: "tasks, mean of the last 7 with work",
  left: "Left",
  leftAbout: (tasks, days) => (tasks ? `about ${counted(Math.ceil(days), "day")} of work` : "everything is labeled"),
  skipped: "Skipped",
  skippedAbout: (share) => `${Math.round(share * 100)} % of completions`,
  agreement: "Agreement",
  agreementAbout: (tasks) => `${counted(tasks, "task")} with several completions`,
  none: "–",
  emptyTitle: "Nothing is labeled yet",
  empty: "As soon as the first tasks are labeled, this page shows how fast it goes, which labels are used, and how far people and models agree.",
  start: "Start labeling",
  skippedTasks: "Skipped last",
  lowestTasks: "Where people agree least",
  task: "Task",
  when: "When",
  reason: "Reason",
  share: "Agreement",
};
const WITHIN = 1.5; // seconds that one question may take

async function load() {
  for (;;) {
    const state = await get(`api/insights?within=${WITHIN}`);
    show(state);
    const { parts, of } = state.counted;
    if (parts === of) return;
  }
}

function show(state) {
  const { parts, of } = state.counted;
  byId("counting").textContent = parts < of ? TEXT.counting(parts / of) : "";
  const some = state.summary.completions > 0;
  byId("empty").hidden = some || parts < of;
  byId("tiles").hidden = !some;
  if (!some) {
    byId("empty").replaceChildren(
      icon("empty"),
      el("h2", {}, TEXT.emptyTitle),
      el("p", {}, TEXT.empty),
      el("p.actions", {}, el("a.button.primary", { href: root || "./" }, TEXT.start)),
    );
    return;
  }
  byId("tiles").replaceChildren(...tiles(state));
  byId("plots").replaceChildren(...plots(state), ...lists(state.summary));
  drawAll();
}

function tiles({ summary, progress, forecast }) {
  const { lead_time: lead, agreement } = summary;
  const made = [
    tile(TEXT.labeled, count(progress.completed), TEXT.of(progress.tasks)),
    tile(TEXT.median, lead.median === null ? TEXT.none : duration(lead.median), TEXT.total(lead.total)),
    tile(TEXT.pace, count(Math.round(forecast.per_active_day ?? 0)), TEXT.paceAbout),
    tile(TEXT.left, count(forecast.tasks_left), TEXT.leftAbout(forecast.tasks_left, forecast.active_days_left ?? 0)),
    tile(TEXT.skipped, count(summary.skipped), TEXT.skippedAbout(summary.skipped / summary.completions)),
  ];
  if (agreement.tasks) {
    const share = `${Math.round(agreement.mean * 100)} %`;
    made.push(tile(TEXT.agreement, share, TEXT.agreementAbout(agreement.tasks)));
  }
  return made;
}

const tile = (name, value, about) =>
  el("div", {}, el("dt", {}, name), el("dd", {}, value), el("dd.about", {}, about));

// Tasks that are worth a look, each with the way to it.
function lists({ skipped_tasks: skipped, agreement }) {
  const made = [];
  if (skipped.length) {
    const rows = skipped.slice(0, 10).map((one) => [
      taskLink(one.task),
      el("time", { title: exactly(one.at) }, when(one.at)),
      one.reason || TEXT.none,
    ]);
    made.push(list(TEXT.skippedTasks, [TEXT.task, TEXT.when, TEXT.reason], rows));
  }
  if (agreement.lowest.length) {
    const rows = agreement.lowest
      .slice(0, 10)
      .map((one) => [taskLink(one.task), `${Math.round(one.share * 100)} %`]);
    made.push(list(TEXT.lowestTasks, [TEXT.task, TEXT.share], rows));
  }
  return made;
}

const taskLink = (id) => el("a", { href: `${root}?task_id=${id}` }, `${TEXT.task} ${count(id)}`);

function list(title, names, rows) {
  const heads = names.map((name) => el("th", { scope: "col" }, name));
  return el(
    "section.card.plot",
    { "aria-label": title },
    el("header", {}, el("h2", {}, title)),
    el(
      "table.table",
      {},
      el("thead", {}, el("tr", {}, heads)),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell) => el("td", {}, cell))))),
    ),
  );
}

byId("curl").append(curlButton(() => [{ path: "api/insights" }]));
try {
  await load();
} catch (error) {
  problem(error.message);
}
