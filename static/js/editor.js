// The one module that knows the labeling editor (Label Studio Frontend), in two generations: the
// older says "completion" in places, the newer "annotation"; a `build` is classic or modern. It
// shows a task with its work, tells what was made of it, and keeps what the editor cannot show.
// The interface around it (submit, skip, choosing a completion…) is ours, so the editor is asked
// for its work surface and its side column only.
import { root } from "./dom.js";
import { isEqual, merged } from "./kept.js";
import { fitting, forEditor, identified, labelKeys, namesOf } from "./regions.js";

const INTERFACES = ["side-column", "auto-annotation"];
const HTML_LABELS = { classic: "htmllabels", modern: "hypertextlabels" };
// With what the editor begins: nothing that a tag could still wait for when the first task is shown.
const BEGIN = {
  config: "<View></View>",
  task: { id: 0, data: {}, annotations: [], completions: [], predictions: [] },
};
// The editor has keys of its own for these; what they do is ours, and so are the keys.
const CALLBACKS = ["Submit", "Update"].flatMap((done) => [`on${done}Annotation`, `on${done}Completion`]);
const OURS = Object.fromEntries([...CALLBACKS, "onSkipTask"].map((name) => [name, () => {}]));
const KEYS = ({ hide, relate }) => [
  ["Backspace", "Delete the selected region"],
  ["Esc", "Unselect"],
  [hide, "Hide or show the selected region"],
  [relate, "Relate the selected region to another"],
];
const KEYS_OF = {
  classic: KEYS({ hide: "H", relate: "R" }),
  modern: KEYS({ hide: "Alt+H", relate: "Alt+R" }),
};
// what a person does to work on a task, before the editor hears of it, and when it has
const BEFORE = ["pointerdown", "keydown", "wheel", "beforeinput", "input", "paste", "drop"];
const AFTER = ["pointerup", "keyup", "wheel", "input", "change", "paste", "drop"];
// what ends a stroke that is being drawn, or shows that there is none
const RELEASE = ["pointerup", "pointercancel", "contextmenu", "dragstart"];
// With it the modern editor shows no image of a site that does not let pages read its images.
const READS_IMAGES = "fflag_fix_all_lsdv_4711_cors_errors_accessing_task_data_short";
const NEEDS_TO_READ = /<MagicWand[\s/>]/;
// Rounds of timers without delay that pass from the release of the mouse until all is done that it
// began: the modern editor makes a stroke of the brush in the second, and chooses it in the third.
const ROUNDS = 3;
const LOOKING = 60; // ms: how far the mouse has moved the editors look at every 50, also after its release
const SETTLING = 1500; // ms after which a task counts as loaded if nobody touched it before

// Events: "change" (the work may have changed).
export class Editor extends EventTarget {
  #host;
  #about;
  #config;
  #store = null;
  #task = null;
  #works = new Map(); // an editor's item → what we know of it
  #settled = 0;
  #released = null; // a promise while a button of the mouse is held
  #finishing = null; // a promise while what mouse and keys began may not be in the work yet

  // `about` is {build, version, flags}; the element must be in the page.
  constructor(host, config, about) {
    super();
    this.#host = host;
    this.#about = about;
    this.#config = about.build === "modern" ? withNames(config) : config;
    for (const name of BEFORE) {
      addEventListener(name, () => this.#touched(), { capture: true, passive: true });
    }
    for (const name of AFTER) {
      addEventListener(name, () => this.#maybeChanged(), { capture: true, passive: true });
    }
    host.addEventListener("pointerdown", (event) => this.#held(event), { capture: true, passive: true });
  }

  // Loads the editor; rejects when it is not there.
  async start() {
    const { build, version, flags } = this.#about;
    window.APP_SETTINGS = { ...window.APP_SETTINGS, feature_flags: this.#flags(flags) };
    await load(`${root}static/editor/${build}/main.js?v=${version}`);
    await new Promise((resolve) => {
      new window.LabelStudio(this.#host, {
        ...BEGIN,
        ...OURS,
        interfaces: INTERFACES,
        user: { pk: 1, id: 1, firstName: "", lastName: "" },
        // what is chosen while this runs is overridden, so it goes on afterwards
        onLabelStudioLoad: () => setTimeout(resolve, 0),
      });
    });
    this.#store = window.Htx;
    this.#store.assignConfig(this.#config);
  }

  #flags(flags) {
    return NEEDS_TO_READ.test(this.#config) ? flags : { ...flags, [READS_IMAGES]: false };
  }

  get #list() {
    return this.#store.annotationStore ?? this.#store.completionStore;
  }

  get #items() {
    return this.#list.annotations ?? this.#list.completions;
  }

  get #selected() {
    return this.#list.selected ?? null;
  }

  // -- showing ----------------------------------------------------------------------------------

  // Shows {id, data, completions, predictions}. A completion is {key, result, …}: `key` is the
  // name by which we speak of it, what else it holds comes back with `items`. Chooses `choose`, a
  // key, else a new completion `item`, which begins with `begin`, a result, if there is one.
  show(task, { choose = null, begin = null, item = {} } = {}) {
    const store = this.#store;
    this.#task = task;
    this.#works.clear();
    this.#settled = 0;
    const kind = store.annotationStore ? "annotations" : "completions";
    const completions = task.completions.map((item, at) => this.#given(item, numbered(item.key, at)));
    const predictions = task.predictions.map((item) => this.#given(item, item.key));
    store.setFlags({ isLoading: true });
    store.resetState();
    store.assignTask({ id: task.id, data: JSON.stringify(task.data) });
    store.initializeStore({ id: task.id, data: task.data, [kind]: completions, predictions });
    this.#remember(this.#items, task.completions, completions, "completion");
    this.#remember(this.#list.predictions, task.predictions, predictions, "prediction");
    if (choose !== null && this.#find(choose)) this.select(choose);
    else this.add(begin, item);
    store.setFlags({ isLoading: false, noTask: false });
    const settled = ++this.#settled;
    setTimeout(() => this.#settled === settled && this.#takeBaseline(), SETTLING);
  }

  showNothing() {
    this.#task = null;
    this.#works.clear();
    this.#store.resetState();
    this.#store.setFlags({ isLoading: false, noTask: true });
  }

  // What the editor eats of a completion or prediction; it changes it, so it gets a copy.
  #given(item, pk) {
    return {
      id: pk,
      pk,
      result: this.#prepared(item.result ?? []),
      honeypot: Boolean(item.star),
      ground_truth: Boolean(item.star),
      createdBy: item.by ?? "",
      createdAgo: "",
      loadedDate: Date.now(), // else it is taken for as old as the page
      userGenerate: false,
    };
  }

  #prepared(result) {
    const shown = fitting(identified(result), namesOf(this.#config), this.#task.data);
    return forEditor(shown, HTML_LABELS[this.#about.build]);
  }

  #remember(shown, items, given, kind) {
    for (const item of shown) {
      const at = given.findIndex(({ pk }) => String(pk) === String(item.pk));
      if (at < 0) continue;
      const about = { kind, item: items[at], original: items[at].result ?? [] };
      this.#works.set(item.id, { ...about, prepared: given[at].result, baseline: null });
    }
  }

  // -- choosing ---------------------------------------------------------------------------------

  // [{key, kind, selected, held, …what was given}], newest last; `held` counts results that the
  // editor cannot show, which are kept.
  items() {
    const selected = this.#selected?.id;
    return [...this.#items, ...this.#list.predictions].flatMap((item) => {
      const work = this.#works.get(item.id);
      if (!work) return [];
      const held = work.original.length - work.prepared.length;
      return { ...work.item, kind: work.kind, selected: item.id === selected, held };
    });
  }

  #find(key) {
    return [...this.#items, ...this.#list.predictions].find(
      (item) => this.#works.get(item.id)?.item.key === key,
    );
  }

  select(key) {
    const item = this.#find(key);
    const isPrediction = this.#works.get(item.id).kind === "prediction";
    const list = this.#list;
    if (isPrediction) list.selectPrediction(item.id);
    else (list.selectAnnotation ?? list.selectCompletion).call(list, item.id);
    if (!isPrediction) this.#selected?.setupHotKeys?.();
  }

  // A new completion, blank or beginning with a result; returns its key.
  add(result = null, item = {}) {
    const list = this.#list;
    const made = (list.addAnnotation ?? list.addCompletion).call(list, { userGenerate: true });
    const key = `new-${made.id}`;
    const prepared = this.#prepared(result ?? []);
    const about = { kind: "new", item: { ...item, key }, original: result ?? [] };
    this.#works.set(made.id, { ...about, prepared, baseline: null });
    (list.selectAnnotation ?? list.selectCompletion).call(list, made.id);
    const selected = this.#selected;
    if (prepared.length) {
      const copy = structuredClone(prepared);
      if (selected.deserializeResults) selected.deserializeResults(copy);
      else selected.deserializeAnnotation(copy);
      selected.updateObjects?.();
      selected.reinitHistory?.();
    }
    selected.setupHotKeys?.();
    return key;
  }

  // -- what was made ----------------------------------------------------------------------------

  // Whether everything that the label config requires is there; the editor says what is missing.
  validate() {
    const selected = this.#selected;
    selected.beforeSend();
    return selected.validate() !== false;
  }

  // {key, kind, result, changed, …what was given} of what is selected, null when nothing is.
  // `result` is what is to be stored: with everything in it that the editor could not show.
  work() {
    const selected = this.#selected;
    const about = selected && this.#works.get(selected.id);
    if (!about) return null;
    if (!about.baseline) this.#takeBaseline();
    const now = serialized(selected);
    const isBlank = about.original.length === 0; // then all that is there was made here
    const changed = isBlank ? now.length > 0 : !isEqual(now, about.baseline);
    const result = isBlank ? now : changed ? this.#merged(about, now) : about.original;
    return { ...about.item, kind: about.kind, result, changed };
  }

  // More is known of an item that was given.
  note(key, changes) {
    const found = this.#find(key);
    if (found) Object.assign(this.#works.get(found.id).item, changes);
  }

  #merged({ original, baseline }, now) {
    return merged(labelKeys(original, HTML_LABELS[this.#about.build]), baseline, now);
  }

  // Another object whenever something was changed; a cheap way to know whether to look closer.
  get snapshot() {
    const history = this.#selected?.history;
    return history?.history[history.undoIdx] ?? null;
  }

  #touched() {
    if (this.#task) this.#takeBaseline();
  }

  #takeBaseline() {
    const selected = this.#selected;
    const about = selected && this.#works.get(selected.id);
    if (about && !about.baseline) about.baseline = serialized(selected);
  }

  #held(down) {
    const over = new AbortController();
    const released = new Promise((resolve) => {
      for (const name of RELEASE) addEventListener(name, resolve, { capture: true, signal: over.signal });
      addEventListener("blur", resolve, { signal: over.signal }); // of the window, not of a field
    });
    const ended = released.then(async (up) => {
      over.abort();
      const isDrawn = up.clientX !== down.clientX || up.clientY !== down.clientY;
      if (isDrawn) await new Promise((resolve) => setTimeout(resolve, LOOKING));
      if (this.#released === ended) this.#released = null;
    });
    this.#released = ended;
    this.#maybeChanged();
  }

  #maybeChanged() {
    if (!this.#task) return;
    const ended = Promise.resolve(this.#released).then(() => timers(ROUNDS));
    const finishing = ended.then(() => {
      if (this.#finishing === finishing) this.#finishing = null;
      this.dispatchEvent(new Event("change"));
    });
    this.#finishing = finishing;
  }

  // Resolves when the editor is done with what mouse and keys began, milliseconds later; null when
  // it is. Who reads the work, or shows other work, before that loses what was just drawn.
  get finishing() {
    return this.#finishing;
  }

  // The keys that labels have now, as the editor shows them: [[chord, label], …].
  hotkeys() {
    const hints = this.#host.querySelectorAll(".lsf-label__hotkey, [class*='Hint_main'], .lsf-hint");
    return [...hints].map((hint) => [
      hint.textContent.replace(/^\[|\]$/g, ""),
      hint.parentElement.textContent.replace(hint.textContent, "").trim(),
    ]);
  }

  // -- small things -----------------------------------------------------------------------------

  undo() {
    const selected = this.#selected;
    if (selected?.undo) selected.undo();
    else selected?.history.undo();
  }

  redo() {
    const selected = this.#selected;
    if (selected?.redo) selected.redo();
    else selected?.history.redo();
  }

  reset() {
    this.#selected?.history.reset();
  }

  get canUndo() {
    return Boolean(this.#selected?.history.canUndo);
  }

  get canRedo() {
    return Boolean(this.#selected?.history.canRedo);
  }

  // Keys of the editor that are worth knowing: [[chord, what], …].
  keys() {
    return KEYS_OF[this.#about.build];
  }

  showSettings() {
    this.#store.toggleSettings();
  }
}

// The modern editor takes no Table without a name, which 0.8.x took.
function withNames(config) {
  let count = 0;
  return config.replace(/<Table(?=[\s/>])(?![^>]*\sname\s*=)/g, () => `<Table name="table-${++count}"`);
}

// The modern editor forgets keys that are no numbers, which those of completions on their way to
// the server are. No id of a completion is that large.
const numbered = (key, at) => (/^\d+$/.test(key) ? key : String(8e15 + at));

async function timers(rounds) {
  for (let round = 0; round < rounds; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function serialized(item) {
  const result = (item.serializeAnnotation ?? item.serializeCompletion).call(item);
  return JSON.parse(JSON.stringify(result));
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${address} could not be loaded`));
    document.head.append(script);
  });
}
