// The words of the Tasks page.
import { count, counted } from "./words.js";

const operators = {
  contains: "contains",
  not_contains: "does not contain",
  equal: "is",
  not_equal: "is not",
  regex: "matches the pattern",
  less: "is less than",
  greater: "is more than",
  less_or_equal: "is at most",
  greater_or_equal: "is at least",
  in: "is between",
  not_in: "is not between",
  in_list: "is one of",
  not_in_list: "is none of",
  empty: "is empty",
};
const dates = { ...operators, less: "is before", greater: "is after" };
const booleans = { true: "yes", false: "no" };

const parts = ({ tasks, completions, predictions }) => ({
  tasks: counted(tasks, "task"),
  completions: counted(completions, "completion"),
  predictions: counted(predictions, "prediction"),
});

export const text = {
  group: "Tasks",
  search: "Search the data",
  titles: {
    id: "Task",
    state: "State",
    completed_at: "Completed",
    total_annotations: "Completions",
    cancelled_annotations: "Skips",
    total_predictions: "Predictions",
    predictions_score: "Score",
    annotators: "By",
    avg_lead_time: "Lead time, s",
    labels: "Labels",
    predictions_model_versions: "Models",
    annotations_results: "Results",
    annotations_ids: "Completion ids",
    predictions_results: "Predicted results",
    draft_exists: "Draft",
    updated_at: "Updated",
    updated_by: "Updated by",
    created_at: "Created",
    inner_id: "Place",
    file_upload: "Uploaded file",
    storage_filename: "File in the storage",
  },
  states: { all: "All", open: "Open", done: "Done", skipped: "Skipped" },
  stateOf: { open: "open", done: "done", skipped: "skipped" },
  sortBy: (title) => `Sort by ${title}`,
  select: (id) => `Select task ${id}`,
  selectAll: "Select all that match",
  counting: "Counting…",
  shown: (total, all) =>
    total === all ? counted(all, "task") : `${count(total)} of ${counted(all, "task")}`,
  none: "No tasks yet",
  noneText: "Bring some in, and they are listed here.",
  toImport: "Import",
  noMatch: "No task matches",
  noMatchText: "Nothing fits what is searched for and filtered.",
  showAll: "Show all tasks",
  play: (name) => `Play ${name}`,
  pause: "Pause",
  noMedia: "not found",
  score: (score) => (score === null ? "" : score.toFixed(2)),
  more: (number) => `+${number}`,

  // filters
  filter: "Filter",
  addFilter: "Add a filter…",
  filterTitle: "Filter tasks",
  column: "Column",
  operator: "Condition",
  value: "Value",
  least: "From",
  most: "To",
  listHint: "separated by commas",
  apply: "Filter",
  all: "all of these",
  any: "any of these",
  conjunction: "Tasks that match",
  remove: (words) => `Remove the filter: ${words}`,
  change: (words) => `Change the filter: ${words}`,
  clear: "Clear",
  operators: (type) => (type === "Datetime" ? dates : operators),
  booleans,
  yes: "yes",
  no: "no",
  words: (title, operator, type, value) => {
    if (operator === "empty") return `${title} ${value === false ? "is not empty" : "is empty"}`;
    const said = (type === "Datetime" ? dates : operators)[operator] ?? operator;
    if (operator === "in" || operator === "not_in") {
      return `${title} ${said} ${value?.min ?? "…"} and ${value?.max ?? "…"}`;
    }
    if (typeof value === "boolean") return `${title} ${said} ${booleans[value]}`;
    return `${title} ${said} ${Array.isArray(value) ? value.join(", ") : typeof value === "number" ? value : `“${value}”`}`;
  },

  // columns and views
  columns: "Columns",
  columnsOf: "Of the data",
  columnsOurs: "Of the work",
  columnsDefault: "As at first",
  views: "Views",
  noViews: "No views are saved yet.",
  saveView: "Save this view…",
  updateView: (title) => `Save the changes to “${title}”`,
  deleteView: (title) => `Delete the view “${title}”`,
  deleteViewText: "The tasks stay as they are.",
  viewName: "Name of the view",
  save: "Save",
  delete: "Delete",
  viewSaved: (title) => `The view “${title}” is saved.`,
  viewDeleted: "The view is deleted.",

  // selection and actions
  resize: "Drag, or ← and →, to change the width; a double click or Enter resets it",
  resizeColumn: (title) => `Width of ${title}`,
  selected: (number) => `${count(number)} selected`,
  all_: (number) => `All ${counted(number, "task")} that match`,
  unselect: "Select none",
  cancel: "Cancel",
  actions: "More",
  export: "Export…",
  label: "Label",
  labelThese: "Label these",
  labelFirst: "Open in the label stream",
  json: "JSON",
  done: (title) => `${title}: done.`,
  running: (job) => `${count(job.done)} of ${count(job.total)}`,
  stopped: "Stopped. What was done stays.",
  act: {
    accept_predictions: {
      title: "Predictions to completions…",
      ask: (numbers) => {
        const some = counted(numbers.acceptable, "task");
        return `${some} of ${count(numbers.tasks)} have predictions and no completion: the best prediction of each becomes its completion. The others are left alone.`;
      },
      go: (numbers) => `Accept ${counted(numbers.acceptable, "prediction")}`,
      result: ({ accepted = 0, refused = 0 }) =>
        `${counted(accepted, "prediction")} became completions` +
        (refused ? `; ${counted(refused, "one", "others")} did not fit the label config.` : "."),
      can: (numbers) => numbers.acceptable > 0,
      cannot: "None of these tasks is open and has a prediction.",
    },
    delete_predictions: {
      title: "Delete predictions…",
      ask: (numbers) => `${parts(numbers).predictions} of ${parts(numbers).tasks} will be deleted.`,
      go: (numbers) => `Delete ${parts(numbers).predictions}`,
      result: ({ deleted = 0 }) => `${counted(deleted, "prediction")} deleted.`,
      can: (numbers) => numbers.predictions > 0,
      cannot: "None of these tasks has a prediction.",
      danger: true,
    },
    delete_completions: {
      title: "Delete completions…",
      ask: (numbers) =>
        `${parts(numbers).completions} of ${counted(numbers.completed, "task")} will be deleted, skips too. The tasks stay and are open again. This cannot be undone.`,
      go: (numbers) => `Delete ${parts(numbers).completions}`,
      result: ({ deleted = 0 }) => `${counted(deleted, "completion")} deleted.`,
      can: (numbers) => numbers.completed > 0,
      cannot: "None of these tasks has a completion.",
      danger: true,
    },
    delete_tasks: {
      title: "Delete tasks…",
      ask: (numbers) =>
        `${parts(numbers).tasks} will be deleted` +
        (numbers.completions ? `, with ${parts(numbers).completions}` : "") +
        (numbers.predictions ? `${numbers.completions ? " and" : ", with"} ${parts(numbers).predictions}` : "") +
        ". This cannot be undone.",
      go: (numbers) => `Delete ${parts(numbers).tasks}`,
      result: ({ deleted = 0 }) => `${counted(deleted, "task")} deleted.`,
      can: (numbers) => numbers.tasks > 0,
      cannot: "No task is meant.",
      danger: true,
    },
  },

  // one task
  details: "Details",
  closeDetails: "Close the details",
  task: (id) => `Task ${count(id)}`,
  data: "Data",
  completions: "Completions",
  predictions: "Predictions",
  noCompletions: "Nobody has worked on it yet.",
  completion: (id) => `Completion ${id}`,
  prediction: (model) => model || "Prediction",
  skip: "skipped",
  truth: "ground truth",
  lead: (seconds) => `${seconds.toFixed(1)} s`,
  results: (number) => counted(number, "result"),
  copyJson: "Copy",
  noTask: "This task is gone.",
  meta: "Meta",

  // keys
  keys: {
    search: "Search",
    filter: "Add a filter",
    details: "Show or hide the details of the task",
    select: "Select the task",
    selectAll: "Select all that match",
    unselect: "Select none",
    open: "Open in the label stream",
    label: "Label the selected tasks, else all that match",
    columns: "Columns",
    delete: "Delete the selected tasks…",
    reload: "Look for changes",
    move: "Next and previous task",
  },
};
