// The completions and predictions of a task as the Label page speaks of them: those that the
// server has, with what is still on its way to it.

// [{key, id, ref, result, star, skipped, seconds, at, revision}], oldest first. `id` is null for
// a completion that the server does not have yet; then `ref` is its unique id.
export function completionsOf({ task, revisions }, outbox) {
  const known = (task.completions ?? []).map((completion) => ({
    key: String(completion.id),
    id: completion.id,
    ref: completion.unique_id ?? null,
    result: completion.result ?? [],
    star: Boolean(completion.honeypot ?? completion.ground_truth),
    skipped: Boolean(completion.was_cancelled),
    seconds: completion.lead_time ?? 0,
    at: Math.max(completion.created_at ?? 0, completion.updated_at ?? 0),
    revision: revisions?.[completion.id] ?? null,
  }));
  return outbox
    .of(task.id)
    .filter((item) => !item.refused)
    .reduce(withItem, known);
}

function withItem(items, { kind, ref, completionId, body, at }) {
  const isIt = (item) => (ref && item.ref === ref) || (completionId && item.id === completionId);
  const change = (changes) => items.map((item) => (isIt(item) ? { ...item, ...changes } : item));
  if (kind === "remove") return items.filter((item) => !isIt(item));
  if (kind === "star") return change({ star: body.honeypot });
  if (kind === "undraft") return items;
  const made = {
    result: body.result ?? [],
    skipped: kind === "skip",
    seconds: body.lead_time ?? 0,
    at: at / 1000,
  };
  if (items.some(isIt)) return change(made);
  if (kind === "update") return items;
  const star = Boolean(body.honeypot);
  return [...items, { key: ref, id: null, ref, star, revision: null, ...made }];
}

// [{key, result, model, score, at}], as the server lists them.
export function predictionsOf({ task }) {
  return (task.predictions ?? []).map((prediction, at) => ({
    key: `prediction-${prediction.id ?? at}`,
    result: prediction.result ?? [],
    model: prediction.model_version ?? prediction.created_by ?? "",
    score: typeof prediction.score === "number" ? prediction.score.toFixed(2) : "",
    by: prediction.model_version ?? "",
  }));
}

export const newest = (items) => items.reduce((a, b) => (a && a.at > b.at ? a : b), null);
