// The one module that knows the labeling editor (Label Studio Frontend). It shows a task in it
// and turns its callbacks into calls of a `backend`:
//   save(taskId, completionId or null, {result, lead_time, …}) → completion id
//   skip(taskId, {result, lead_time}) → completion id
//   remove(taskId, completionId), star(taskId, completionId, on)
// Two generations of the editor are driven: the older says "completion", the newer "annotation".

const INTERFACES = [
  "panel", "update", "submit", "skip", "controls", "instruction", "side-column", "ground-truth",
  "predictions:menu", "predictions:tabs", "completions:menu", "completions:add-new",
  "completions:delete", "annotations:menu", "annotations:add-new", "annotations:delete",
  "annotations:current", "annotations:tabs", "annotations:view-all", "edit-history", "infobar",
  "topbar",
];

export class Editor {
  #store = null;
  #backend;
  #names;
  #task = null;
  #busy = null;

  constructor(element, config, backend) {
    this.#backend = backend;
    this.#names = namesOf(config);
    this.ready = new Promise((resolve) => this.#start(element, config, resolve));
  }

  #start(element, config, resolve) {
    const save = (store, item) => this.#once(() => this.#save(item));
    const remove = (store, item) => item.pk && this.#backend.remove(this.#task.id, Number(item.pk));
    new window.LabelStudio(element, {
      config,
      interfaces: INTERFACES,
      user: { pk: 1, id: 1, firstName: "", lastName: "" },
      task: { id: 0, data: {}, annotations: [], completions: [], predictions: [] },
      onSubmitAnnotation: save,
      onSubmitCompletion: save,
      onUpdateAnnotation: save,
      onUpdateCompletion: save,
      onDeleteAnnotation: remove,
      onDeleteCompletion: remove,
      onSkipTask: () => this.#once(() => this.#skip()),
      onGroundTruth: (store, item, on) =>
        item.pk && this.#backend.star(this.#task.id, Number(item.pk), on),
      onLabelStudioLoad: () =>
        setTimeout(() => {
          this.#store = window.Htx;
          resolve(this);
        }, 0),
    });
  }

  // One request at a time: the older editor fires twice for a second Ctrl+Enter.
  #once(action) {
    this.#busy ??= action().finally(() => {
      this.#busy = null;
    });
    return this.#busy;
  }

  get #items() {
    return this.#store.annotationStore ?? this.#store.completionStore;
  }

  async #save(item) {
    const id = await this.#backend.save(this.#task, item.pk ? Number(item.pk) : null, body(item));
    item.updatePersonalKey(String(id));
  }

  #skip() {
    return this.#backend.skip(this.#task, body(this.#items.selected));
  }

  // Shows a task: its newest completion, else a copy of its first prediction, else a blank one.
  show(task) {
    const store = this.#store;
    this.#task = task;
    const kind = store.annotationStore ? "annotations" : "completions";
    const work = {
      [kind]: (task.completions ?? []).map((item) => this.#shown(item)),
      predictions: (task.predictions ?? []).map((item, at) => ({
        ...this.#shown(item),
        pk: String(item.id ?? at + 1),
        createdBy: item.model_version ?? item.created_by ?? "model",
      })),
    };
    store.resetState();
    store.assignTask({ id: task.id, data: JSON.stringify(task.data) });
    store.initializeStore({ id: task.id, data: task.data, ...work });
    this.#choose();
    store.setFlags({ isLoading: false, noTask: false });
  }

  #shown(item) {
    return {
      ...item,
      pk: String(item.id),
      result: structuredClone(item.result ?? []).filter((region) => this.#fits(region)),
      loadedDate: Date.now(),
      createdBy: item.created_username ?? "",
      createdAgo: "",
    };
  }

  // A result for a tag that the config lacks would blank the whole editor.
  #fits(region) {
    if (region?.type === "relation") return true;
    return Boolean(region?.value) && this.#names.has(region.from_name) && this.#names.has(region.to_name);
  }

  #choose() {
    const list = this.#items;
    const items = list.annotations ?? list.completions;
    let chosen = items[0];
    if (!chosen && list.predictions.length) {
      const copy = list.addAnnotationFromPrediction ?? list.addCompletionFromPrediction;
      chosen = copy.call(list, list.predictions[0]);
    }
    if (!chosen) {
      chosen = (list.addAnnotation ?? list.addCompletion).call(list, { userGenerate: true });
    }
    (list.selectAnnotation ?? list.selectCompletion).call(list, chosen.id);
    list.selected?.setupHotKeys?.();
  }

  showNothing() {
    this.#store.resetState();
    this.#store.setFlags({ isLoading: false, noTask: true });
  }
}

function body(item) {
  const result = (item.serializeAnnotation ?? item.serializeCompletion).call(item);
  return { result, lead_time: Math.max(0, (Date.now() - new Date(item.loadedDate)) / 1000) };
}

function namesOf(config) {
  const xml = new DOMParser().parseFromString(config, "text/xml");
  return new Set([...xml.querySelectorAll("[name]")].map((tag) => tag.getAttribute("name")));
}
