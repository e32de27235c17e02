// What the server understood of the files, the bar that imports them, and what came of it.
import { actionButton, curlButton } from "./action.js";
import { el, icon, root } from "./dom.js";
import { text } from "./import-text.js";

export function understood(preview) {
  const facts = [el("h2", {}, text.tasks(preview))];
  const chip = (kind, words) => facts.push(el(`span.chip${kind}`, {}, words));
  if (preview.completions) chip(".good", text.completions(preview.completions));
  if (preview.predictions) chip(".accent", text.predictions(preview.predictions));
  if (preview.bad) chip(".bad", text.bad(preview.bad));
  if (!preview.tasks) facts[0].textContent = text.nothing;
  const missing = Object.keys(preview.missing);
  return [
    el("div.facts-row.row", {}, facts),
    missing.length && preview.tasks + preview.bad
      ? el("p.notice.warn", {}, icon("warning"), el("span.grow", {}, text.missing(missing)))
      : null,
    preview.problems.length ? problems(preview) : null,
    preview.tasks ? el("div.two-columns", {}, columns(preview), rows(preview)) : null,
  ].filter(Boolean);
}

function table(names, lines, { label, limited = false }) {
  const head = el("tr", {}, names.map((name) => el("th", { scope: "col" }, name)));
  return el(
    `div.framed${limited ? ".limited" : ""}`,
    { tabindex: 0, role: "region", "aria-label": label },
    el("table.table", {}, el("thead", {}, head), el("tbody", {}, lines)),
  );
}

function columns({ columns: found, looked_at: all }) {
  const sorted = [...found].sort((a, b) => Number(!a.tag) - Number(!b.tag) || b.count - a.count);
  const lines = sorted.map((column) =>
    el("tr", {},
      el("td", {}, el("code", {}, column.name)),
      el("td", {}, text.kinds(column.kinds)),
      el("td", {}, column.count === all ? text.everyTask : text.someTasks(column.count, all)),
      el("td", {}, column.tag ? el("span.chip.good", {}, column.tag) : text.notShown),
    ),
  );
  const names = [text.key, text.holds, text.inTasks, text.shownBy];
  return el("div.stack.tight", {}, el("h3", {}, text.keys), table(names, lines, { label: text.keys, limited: true }));
}

function rows({ rows: found, columns: known, files }) {
  const shown = [...known].sort((a, b) => Number(!a.tag) - Number(!b.tag)).map(({ name }) => name).slice(0, 8);
  const several = files.length > 1;
  const lines = found.map(({ file, data }) =>
    el("tr", {},
      several ? el("td.quiet-text", {}, el("span.clamp", {}, file)) : null,
      shown.map((name) => el("td", {}, el("span.clamp", {}, data[name] ?? ""))),
    ),
  );
  const names = [...(several ? [text.from] : []), ...shown];
  return el("div.stack.tight", {}, el("h3", {}, text.rows), table(names, lines, { label: text.rows, limited: true }));
}

function problems({ problems: found, bad }) {
  const lines = found.map(({ item, reason, text: what }) =>
    el("tr", {}, el("td", {}, item), el("td", {}, reason), el("td.quiet-text", {}, el("code.clamp", {}, what))),
  );
  const title = text.problems(found.length, bad);
  const names = [text.where, text.reason, text.item];
  return el("div.stack.tight", {}, el("h3", {}, title), table(names, lines, { label: title, limited: true }));
}

// The bar below: what would be imported now, and the buttons.
export function go(preview, start, wanted) {
  const broken = preview.files.some((file) => file.problem);
  const some = preview.bad > 0;
  const words = broken
    ? text.cannotRead
    : some ? text.leaveOut(preview.bad) : preview.complete ? text.allOrNothing : text.onlyLooked;
  const name = !preview.complete
    ? text.goAll
    : some ? text.goGood(preview.tasks) : text.go(preview.tasks);
  const button = actionButton("button.button.primary", name, () => start(preview));
  button.disabled = broken || !preview.tasks;
  return [
    el("p.grow.quiet-text", {}, preview.tasks ? words : ""),
    curlButton(() => [wanted()]),
    button,
  ];
}

export function result(job) {
  if (job.status === "completed") {
    const more = text.doneMore(job.counts, job.finished_at - job.created_at);
    return [
      el("div.notice.good", {},
        icon("check"),
        el("p.grow", {}, el("strong", {}, text.done(job.counts)), ` ${more}.`),
        el("a.button.primary", { href: root }, text.label),
        el("a.button", { href: `${root}tasks` }, text.lookAtTasks),
      ),
    ];
  }
  if (job.status === "cancelled") {
    return [el("p.notice.warn", {}, icon("info"), el("span.grow", {}, text.cancelled))];
  }
  const reasons = (job.error ?? "").split("\n");
  return [
    el("div.notice.bad", {}, icon("warning"), el("p.grow", {}, el("strong", {}, text.failed))),
    el("ul.reasons", {}, reasons.map((reason) => el("li", {}, reason))),
  ];
}
