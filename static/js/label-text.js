// The words of the Label page.
const number = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "short" });

const SECONDS = { minute: 60, hour: 3600, day: 8 * 3600 }; // a day of work

function duration(seconds) {
  if (seconds < 45) return "less than a minute";
  if (seconds < 90 * SECONDS.minute) return `about ${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 2 * SECONDS.day) return `about ${Math.round(seconds / SECONDS.hour)} h`;
  return `about ${Math.round(seconds / SECONDS.day)} days of 8 h`;
}

const time = (at) => clock.format(new Date(at));

export const text = {
  group: "Label",
  work: "Work on the task",
  submit: "Submit",
  update: "Update",
  accept: "Accept",
  skip: "Skip",
  skipReason: "Say why it was skipped",
  skippedTask: (id) => `Task ${number.format(id)} skipped`,
  whySkipped: (id) => `Why task ${number.format(id)} was skipped`,
  why: "Why?",
  previous: "Previous task",
  next: "Next task",
  undo: "Take the last submit back",
  undoStep: "Undo",
  redoStep: "Redo",
  reset: "Start over",
  star: "Ground truth, on or off",
  remove: "Delete this completion",
  add: "New completion",
  copy: "New completion like this one",
  acceptPrediction: "Work on from the prediction",
  instructions: "Instructions",
  editorSettings: "Settings of the editor…",
  refused: "What could not be saved…",
  tasks: "All tasks",

  taskNumber: (id) => `Task ${number.format(id)}`,
  newCompletion: "New completion",
  completion: (id) => (id === null ? "Completion, not sent yet" : `Completion ${id}`),
  prediction: (item) => [item.model || "Prediction", item.score].filter(Boolean).join(" · "),
  completions: "Completions",
  predictions: "Predictions",
  skipped: "skipped",
  when: (seconds) => day.format(new Date(seconds * 1000)),
  chips: {
    new: "new",
    prediction: (model) => `prediction${model ? ` of ${model}` : ""}`,
    from: (model) => `begun from ${model || "a prediction"}`,
    skipped: (reason) => (reason ? `skipped: ${reason}` : "skipped"),
    star: "ground truth",
  },

  done: ({ completed, tasks }) => `${number.format(completed)} of ${number.format(tasks)}`,
  skips: (count) => `${number.format(count)} skipped`,
  left: (seconds) => `${duration(seconds)} left`,

  saved: (at) => (at ? `Saved ${time(at)}` : "Saved"),
  saving: "Saving…",
  retrying: (count, seconds) =>
    `${count} not sent yet, trying again ${seconds > 0 ? `in ${seconds} s` : "now"}`,
  notSaved: (count) => `${count} not saved`,
  draftSaving: "Draft…",
  draftSaved: "Draft saved",
  draftHere: "Draft kept in this browser",
  nothing: "Nothing to save",

  allDone: "Everything is labeled",
  allDoneText: ({ tasks, skipped }) =>
    `All ${number.format(tasks)} tasks have a completion` +
    (skipped ? `, ${number.format(skipped)} of them skipped.` : "."),
  walk: (position, total) =>
    position === null ? "Not one of the selected" : `${number.format(position)} of ${number.format(total)} selected`,
  walked: "You are through with the selection",
  walkedText: (total) => (total === 1 ? "1 task was selected." : `${number.format(total)} tasks were selected.`),
  fromTheFirst: "From the first again",
  toTable: "Back to the table",
  waiting: "The next task is asked for…",
  noNext: (reason) => `The next task could not be read: ${reason}`,
  again: "Try again",
  back: "Back to the stream",
  missing: (reason) => reason,
  toTasks: "Look at the tasks",
  toExport: "Export",
  toImport: "Import more",

  savedToast: "Saved.",
  unchanged: "Nothing was changed.",
  takenBack: "Taken back. It is open again, and not saved.",
  nothingToUndo: "There is no submit to take back.",
  deleted: "The completion is deleted.",
  bringBack: "Bring it back",
  cannotDelete: "The settings of this project forbid to delete completions.",
  startOver: "Start over?",
  startOverText: "Everything that you changed since the task was opened goes.",

  draftBack: (at) => `Unfinished work${at ? ` of ${time(at)}` : ""} is back.`,
  discard: "Discard it",
  draftElsewhere: "This task was also worked on elsewhere, and not submitted.",
  useOther: "Show that work instead",
  held: (count) =>
    count === 1
      ? "1 result does not fit the label config and is not shown. It is kept."
      : `${count} results do not fit the label config and are not shown. They are kept.`,
  elsewhere: "This task is open in another tab, too.",
  savedElsewhere: "This task was saved in another tab.",
  reload: "Show what was saved",
  problems: (list) => `Model: ${list.join("; ")}`,
  lacks: (build, features) => `The ${build} editor lacks: ${features.join(", ")}.`,
  otherEditor: "Use the other editor…",
  noEditor: (reason) => `The labeling editor could not be started: ${reason}`,

  refusedTitle: "Not saved",
  refusedIntro: "The server refused this work. It is kept here until you decide.",
  refusedItem: (item) => `Task ${item.taskId}, ${time(item.at)}: ${item.refused.reason}`,
  openWork: "Open with this work",
  tryAgain: "Try again",
  overwrite: "Save it over the other",
  saveBoth: "Save it as another completion",
  drop: "Throw it away",

  editorKeys: "In the editor",
  labelKeys: "Labels of this task",
};
