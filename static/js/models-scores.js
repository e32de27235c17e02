// How far each version of a model says what people said, in all and for each label.
import { curlButton } from "./action.js";
import { el } from "./dom.js";
import { counted } from "./words.js";

const TEXT = {
  title: "How far models and people agree",
  why: "Stored predictions against the newest completion of each task. Completions that were made by accepting a prediction prove nothing and do not count.",
  unnamed: "no version named",
  columns: ["Label", "Control", "Both", "Model alone", "People alone", "Precision", "Recall", "F1"],
  f1: "F1",
  none: "–",
};

const percent = (share) => (share === null ? TEXT.none : `${Math.round(share * 100)} %`);

export function scoresTable(scores) {
  return [
    el(
      "div.row",
      {},
      el("h2.grow", { id: "scores-title" }, TEXT.title),
      curlButton(() => [{ path: "api/models/scores" }]),
    ),
    el("p.quiet-text", {}, TEXT.why),
    ...scores.map((score, at) => version(score, at === 0)),
  ];
}

function version({ version: name, tasks, f1, labels }, open) {
  const summary = el(
    "summary",
    {},
    el("strong", {}, name || TEXT.unnamed),
    el("span.quiet-text", {}, counted(tasks, "task")),
    meter(f1),
    el("span", {}, `${TEXT.f1} ${percent(f1)}`),
  );
  const rows = labels.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, row.label),
      el("td", {}, row.control),
      [row.both, row.model_only, row.people_only].map((n) => el("td.number", {}, n)),
      [row.precision, row.recall].map((share) => el("td.number", {}, percent(share))),
      el("td", {}, meter(row.f1), ` ${percent(row.f1)}`),
    ),
  );
  const heads = TEXT.columns.map((words, at) =>
    el(at > 1 && at < 7 ? "th.number" : "th", { scope: "col" }, words),
  );
  return el(
    "details.score",
    { open },
    summary,
    el(
      "div.scroll-x",
      { tabindex: 0, role: "region", "aria-label": name || TEXT.unnamed },
      el("table.table", {}, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows)),
    ),
  );
}

const meter = (share) =>
  el("progress.progress.meter", { max: 1, value: share ?? 0, "aria-label": TEXT.f1 });
