// The words of the Import page.
import { count, counted, duration, size } from "./words.js";

const holds = (kinds) => kinds.map((kind) => kind.replace(/^an? /, "")).join(", ");

export const text = {
  group: "Import",
  example: [{ data: { text: "To be, or not to be" } }],
  chooseFiles: "Choose files…",
  chooseFolder: "Choose a folder…",
  showTab: (name) => `Import: ${name}`,
  dropHere: "Drop to add",
  pasted: "pasted",

  files: (number) => counted(number, "file"),
  sending: (sent, all, bytes, total) =>
    `${count(sent)} of ${counted(all, "file")} sent, ${size(bytes)} of ${size(total)}`,
  state: { waiting: "waiting", sending: "sending", failed: "not sent" },
  notSent: "It could not be sent: the server cannot be reached.",
  fetching: "The server fetches it…",
  again: "Try again",
  remove: (name) => `Remove ${name}`,
  removeAll: "Remove all",
  removeBad: "Remove the files that cannot be read",
  more: (number) => `and ${counted(number, "more file")}`,
  size,
  items: (file) =>
    file.kind === "media"
      ? `media, ${size(file.size)}`
      : `${counted(file.items, "item")}${file.complete ? "" : " or more"}, ${size(file.size)}`,
  badItems: (number) => `${counted(number, "item")} cannot become ${number === 1 ? "a task" : "tasks"}`,

  readAs: "Read as",
  tasksOnly: "tasks (and what is labeled in them)",
  finished: "Finished work",
  becomes: "Labels become",
  roles: { completions: "completions", predictions: "predictions" },
  mediaUrl: "Address in front of image names",
  found: ({ tasks, regions }) => `${counted(tasks, "task")} with ${counted(regions, "label")}`,
  lacks: (missing) => `The label config lacks ${missing.join(", ")}.`,
  takeConfig: "Use this label config instead",
  goFinished: ({ tasks, regions }) => `Import ${counted(tasks, "task")} with ${counted(regions, "label")}`,
  notSo: "It cannot be read so",
  looking: "Looking at what was sent…",
  understood: "What was understood",
  tasks: (found) => `${counted(found.tasks, "task")}${found.complete ? "" : " or more"}`,
  nothing: "No tasks were found.",
  completions: (number) => counted(number, "completion"),
  predictions: (number) => counted(number, "prediction"),
  bad: (number) => `${counted(number, "bad item")}`,
  keys: "Keys of the data",
  key: "Key",
  holds: "Holds",
  inTasks: "In",
  shownBy: "Shown by",
  everyTask: "every task",
  someTasks: (number, all) => `${count(number)} of ${count(all)}`,
  notShown: "–",
  kinds: holds,
  missing: (keys) =>
    `The label config shows ${keys.map((key) => `“${key}”`).join(" and ")}, which ${keys.length === 1 ? "is" : "are"} in none of them.`,
  noConfigKeys: "The label config does not show any data yet, so any item is a task.",
  rows: "The first of them",
  from: "From",
  problems: (shown, all) =>
    shown < all ? `What is wrong, the first ${count(shown)} of ${count(all)}` : "What is wrong",
  where: "Where",
  reason: "Reason",
  item: "Item",

  go: (number) => `Import ${counted(number, "task")}`,
  goAll: "Import",
  goGood: (number) => `Import the ${counted(number, "good one")}`,
  leaveOut: (number) => `${counted(number, "bad item")} will be left out.`,
  allOrNothing: "Nothing counts until everything is in.",
  onlyLooked: "Only the beginning was looked at; if an item further on is bad, nothing is imported.",
  cannotRead: "A file cannot be read. Remove it, and the rest can be imported.",
  importing: (job) => `Importing, ${size(job.done)} of ${size(job.total)} read`,
  cancel: "Cancel",
  cancelled: "The import was cancelled. Nothing was brought in, and the files are still here.",
  failed: "Nothing was imported",
  done: ({ tasks, first_id: first }) =>
    tasks === 1
      ? `1 task is in: number ${count(first)}.`
      : `${counted(tasks, "task")} are in: numbers ${count(first)} to ${count(first + tasks - 1)}.`,
  doneMore: ({ completions, predictions, left_out: left }, seconds) =>
    [
      completions && counted(completions, "completion"),
      predictions && counted(predictions, "prediction"),
      left && `${counted(left, "bad item")} left out`,
      `in ${duration(seconds)}`,
    ]
      .filter(Boolean)
      .join(", "),
  label: "Label",
  lookAtTasks: "Look at the tasks",
  readOnly: (why) => `Nothing can be imported: ${why}.`,

  folder: {
    path: "Path of a folder on the machine of the server",
    hint: "The pictures, sounds and videos below it become tasks and stay where they are; nothing is copied. Later, files that were added are found by looking again.",
    look: "Look",
    up: "The folder above",
    found: (look) => {
      const { images, sounds, videos } = look.media;
      const parts = [
        images && counted(images, "picture"),
        sounds && counted(sounds, "sound"),
        videos && counted(videos, "video"),
      ].filter(Boolean);
      if (!parts.length) return "No media are in it.";
      return `${parts.join(", ")}${look.complete ? "" : " or more"}`;
    },
    inside: "Folders in it",
    serve: "Serve this folder",
    served: "Folders that are served",
    isServed: "It is served already.",
    rescan: "Look again",
    scanning: (job) => `${counted(job.done, "file")} looked at`,
    result: ({ added = 0, changed = 0, gone = 0, back = 0 }) =>
      [
        `${counted(added, "new task")}`,
        changed && `${counted(changed, "file")} changed`,
        gone && `${counted(gone, "file")} gone, their tasks stay`,
        back && `${counted(back, "file")} back`,
      ]
        .filter(Boolean)
        .join(", ") + ".",
    noTrust: "A server that others can reach does not show its disk.",
  },
};
