// The plots of Insights: which there are for the numbers at hand, and how each is drawn.
import { plot } from "./plot.js";
import { count, counted, duration } from "./words.js";

const TEXT = {
  perDay: "Labels per day",
  perDayAbout: (days, best) =>
    `${counted(days, "day")}; the most on ${best.day}: ${count(best.labeled + best.skipped)}. Striped: skipped.`,
  labeled: "Labeled",
  skipped: "Skipped",
  perHour: "Labels per hour of the day",
  perHourAbout: (hour) => `Most are made between ${hour}:00 and ${hour + 1}:00.`,
  made: "Completions",
  lead: "Time for one task",
  leadAbout: ({ median, p10, p90 }) =>
    `Half take less than ${seconds(median)}, one in ten less than ${seconds(p10)}, nine in ten less than ${seconds(p90)}. Striped: the middle.`,
  progress: "Progress and forecast",
  progressAbout: ({ tasks_left: left, per_active_day: pace, active_days_left: days }) =>
    left && days
      ? `${counted(left, "task")} left; at ${count(Math.round(pace))} a day of work, about ${counted(Math.ceil(days), "day")} of work. Dashed: what is to come.`
      : "Everything is labeled.",
  done: "Done",
  forecast: "Forecast",
  labels: "Labels",
  labelsAbout: (rows) => `${counted(rows.length, "label")}; the most frequent is “${rows[0].label}”.`,
  regions: "Regions",
  together: "Labels that come together",
  togetherAbout: (row) =>
    `The larger a circle, the more completions have both labels. Most often: “${row.label}” with “${row.other_label}”, in ${counted(row.completions, "completion")}.`,
  reasons: "Why tasks are skipped",
  reasonsAbout: (skips, all) => `${count(skips)} of ${counted(all, "completion")} are skips.`,
  noReason: "no reason given",
  agreement: "Agreement between people",
  agreementAbout: ({ tasks, mean }) =>
    `${counted(tasks, "task")} with several completions; they agree by ${percent(mean)} on average.`,
  tasks: "Tasks",
  byLabel: "Agreement by label",
  byLabelAbout: "How often, when one person gave a label, another did, too (F1).",
  models: (version) => `Agreement with the model${version ? ` ${version}` : ""}`,
  modelsAbout: "Full: precision, how often the model is right. Striped: recall, how much it finds.",
  precision: "Precision",
  recall: "Recall",
};
const MOST_LABELS = 20;
const MOST_TOGETHER = 12;

const percent = (share) => `${Math.round((share ?? 0) * 100)} %`;
const seconds = (value) => (value < 10 ? `${Math.round(value * 10) / 10} s` : duration(value));
const short = (text) => (text.length > 22 ? `${text.slice(0, 21)}…` : text);

// The cards, in order, of those for which there is something to draw.
export function plots({ tables, summary, progress, forecast }) {
  const made = [];
  const add = (has, make) => has && made.push(make());
  add(tables.per_day.length, () => perDay(tables.per_day));
  add(tables.per_day.length, () => course(tables.per_day, progress, forecast));
  add(tables.lead_time.length, () => lead(tables.lead_time, summary.lead_time));
  add(summary.completions, () => perHour(tables.per_hour));
  add(tables.labels.length, () => labels(tables.labels));
  add(tables.together.length, () => together(tables.together));
  add(summary.skipped, () => reasons(tables.skipped, summary));
  add(tables.agreement.length, () => agreement(tables.agreement, summary.agreement));
  add(tables.agreement_by_label.length, () => byLabel(tables.agreement_by_label));
  for (const version of [...new Set(tables.models.map((row) => row.version))].slice(-2)) {
    made.push(model(version, tables.models));
  }
  return made;
}

const value = (axis, options = {}) => ({ beginAtZero: true, ticks: { precision: 0 }, ...options });
const names = { grid: { display: false } };

function perDay(rows) {
  const best = rows.reduce((a, b) => (b.labeled + b.skipped > a.labeled + a.skipped ? b : a));
  return plot(TEXT.perDay, {
    table: "per_day",
    rows,
    about: TEXT.perDayAbout(rows.length, best),
    wide: true,
    draw: ({ main, hatched, other }) => ({
      type: "bar",
      data: {
        labels: rows.map((row) => row.day),
        datasets: [
          { label: TEXT.labeled, data: rows.map((row) => row.labeled), backgroundColor: main },
          {
            label: TEXT.skipped,
            data: rows.map((row) => row.skipped),
            backgroundColor: hatched,
            borderColor: other,
            borderWidth: 1,
          },
        ].map((set) => ({ ...set, maxBarThickness: 36 })),
      },
      options: { scales: { x: { stacked: true, ...names }, y: value("y", { stacked: true }) } },
    }),
  });
}

// What is done by each day, and the way to the end at the present pace.
function course(rows, progress, forecast) {
  let sum = 0;
  const total = rows.reduce((all, row) => all + row.labeled + row.skipped, 0);
  const scale = total ? progress.completed / total : 0; // tasks, not completions
  const past = rows.map((row) => {
    sum += (row.labeled + row.skipped) * scale;
    return { day: row.day, done: Math.round(sum) };
  });
  const days = Math.min(Math.ceil(forecast.active_days_left ?? 0), 400);
  const future = Array.from({ length: days }, (_, at) => {
    const done = progress.completed + forecast.per_active_day * (at + 1);
    return { day: later(rows.at(-1).day, at + 1), done: Math.min(Math.round(done), progress.tasks) };
  });
  const gap = Array(past.length - 1).fill(null);
  return plot(TEXT.progress, {
    table: "per_day",
    rows: [...past, ...future],
    about: TEXT.progressAbout(forecast),
    draw: ({ main, other }) => ({
      type: "line",
      data: {
        labels: [...past, ...future].map(({ day }) => day),
        datasets: [
          { label: TEXT.done, data: past.map(({ done }) => done), borderColor: main, fill: false },
          {
            label: TEXT.forecast,
            data: [...gap, past.at(-1).done, ...future.map(({ done }) => done)],
            borderColor: other,
            borderDash: [6, 5],
          },
        ].map((set) => ({ ...set, borderWidth: 2, clip: 4, pointRadius: past.length < 3 ? 3 : 0, pointHitRadius: 8 })),
      },
      options: { scales: { x: names, y: value("y", { max: progress.tasks }) } },
    }),
  });
}

function later(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function perHour(rows) {
  const hours = Array.from({ length: 24 }, (_, hour) =>
    rows.filter((row) => row.hour === hour).reduce((sum, row) => sum + row.completions, 0),
  );
  return plot(TEXT.perHour, {
    table: "per_hour",
    rows: rows.filter((row) => row.completions),
    about: TEXT.perHourAbout(hours.indexOf(Math.max(...hours))),
    draw: ({ main }) => bars(hours.map((_, hour) => `${hour}`), hours, TEXT.made, main),
  });
}

function bars(labels, data, label, backgroundColor) {
  const datasets = [{ label, data, backgroundColor, maxBarThickness: 36 }];
  return { type: "bar", data: { labels, datasets }, options: { scales: { x: names, y: value("y") } } };
}

function lead(rows, times) {
  const words = rows.map((row) => seconds(row.to));
  const at = rows.findIndex((row) => row.to >= times.median);
  return plot(TEXT.lead, {
    table: "lead_time",
    rows,
    about: TEXT.leadAbout(times),
    draw: ({ main, hatched, other }) => {
      const config = bars(words, rows.map((row) => row.completions), TEXT.made, main);
      const [set] = config.data.datasets;
      set.backgroundColor = rows.map((_, place) => (place === at ? hatched : main));
      set.borderColor = rows.map((_, place) => (place === at ? other : main));
      set.borderWidth = 1;
      set.categoryPercentage = 1;
      set.barPercentage = 0.94;
      return config;
    },
  });
}

function sideways(labels, datasets, options = {}) {
  return {
    type: "bar",
    data: { labels: labels.map(short), datasets: datasets.map((set) => ({ maxBarThickness: 22, ...set })) },
    options: { indexAxis: "y", scales: { x: value("x", options), y: { ...names, ticks: { autoSkip: false } } } },
  };
}

function labels(rows) {
  const top = rows.slice(0, MOST_LABELS);
  return plot(TEXT.labels, {
    table: "labels",
    rows,
    about: TEXT.labelsAbout(rows),
    tall: top.length > 8,
    draw: ({ main }) =>
      sideways(top.map((row) => row.label), [
        { label: TEXT.regions, data: top.map((row) => row.regions), backgroundColor: main },
      ]),
  });
}

function together(rows) {
  const all = rows.flatMap((row) => [row.label, row.other_label]);
  const axis = [...new Set(all)].slice(0, MOST_TOGETHER);
  const most = rows[0].completions;
  const points = rows
    .filter((row) => axis.includes(row.label) && axis.includes(row.other_label))
    .map((row) => {
      const [x, y] = [axis.indexOf(row.label), axis.indexOf(row.other_label)].sort((a, b) => a - b);
      return { x, y, r: 3 + 13 * Math.sqrt(row.completions / most), row };
    });
  const scale = (first, last) => ({
    min: first - 0.7,
    max: last + 0.7,
    ticks: {
      stepSize: 1,
      autoSkip: false,
      maxRotation: 50,
      callback: (at) => (Number.isInteger(at) ? short(axis[at] ?? "") : ""),
    },
    afterBuildTicks: (made) => {
      made.ticks = axis.map((_, at) => ({ value: at })).slice(first, last + 1);
    },
  });
  const scales = { x: scale(0, axis.length - 2), y: scale(1, axis.length - 1) };
  const said = ({ raw: { row } }) => `${row.label} + ${row.other_label}: ${count(row.completions)}`;
  return plot(TEXT.together, {
    table: "together",
    rows,
    about: TEXT.togetherAbout(rows[0]),
    tall: true,
    draw: ({ main }) => ({
      type: "bubble",
      data: { datasets: [{ data: points, backgroundColor: main }] },
      options: { scales, plugins: { tooltip: { callbacks: { label: said } } } },
    }),
  });
}

function reasons(rows, { skipped, completions }) {
  return plot(TEXT.reasons, {
    table: "skipped",
    rows,
    about: TEXT.reasonsAbout(skipped, completions),
    draw: ({ hatched, other }) =>
      sideways(rows.slice(0, MOST_LABELS).map((row) => row.reason || TEXT.noReason), [
        {
          label: TEXT.skipped,
          data: rows.map((row) => row.completions),
          backgroundColor: hatched,
          borderColor: other,
          borderWidth: 1,
        },
      ]),
  });
}

function agreement(rows, said) {
  return plot(TEXT.agreement, {
    table: "agreement",
    rows,
    about: TEXT.agreementAbout(said),
    draw: ({ main }) =>
      bars(rows.map((row) => percent(row.to)), rows.map((row) => row.tasks), TEXT.tasks, main),
  });
}

const shares = { max: 1, ticks: { callback: percent } };

function byLabel(rows) {
  const top = rows.slice(0, MOST_LABELS);
  return plot(TEXT.byLabel, {
    table: "agreement_by_label",
    rows,
    about: TEXT.byLabelAbout,
    tall: top.length > 8,
    draw: ({ main }) =>
      sideways(top.map((row) => row.label), [{ data: top.map((row) => row.f1), backgroundColor: main }], shares),
  });
}

function model(version, all) {
  const rows = all.filter((row) => row.version === version);
  const top = rows.slice(0, MOST_LABELS);
  return plot(TEXT.models(version), {
    table: "models",
    rows,
    about: TEXT.modelsAbout,
    tall: top.length > 5,
    draw: ({ main, hatched, other }) =>
      sideways(
        top.map((row) => row.label),
        [
          { label: TEXT.precision, data: top.map((row) => row.precision), backgroundColor: main },
          {
            label: TEXT.recall,
            data: top.map((row) => row.recall),
            backgroundColor: hatched,
            borderColor: other,
            borderWidth: 1,
          },
        ],
        shares,
      ),
  });
}
