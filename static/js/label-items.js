// The completions and predictions of a task as the Label page speaks of them: those that the
// server has, with what is still on its way to it.

// [{key, id, ref, result, star, skipped, reason, leadTime, at, revision, stored}], oldest first. `id` is
// null for a completion that the server does not have yet; then `ref` is its unique id. `stored`
// is what the server has or will have of it. `changes` are items of the outbox, sent or not.
export function completionsOf({ task, revisions }, changes) {
  const known = (task.completions ?? []).map((completion) => ({
    key: String(completion.id),
    id: completion.id,
    ref: completion.unique_id ?? null,
    result: completion.result ?? [],
    star: Boolean(completion.honeypot ?? completion.ground_truth),
    skipped: Boolean(completion.was_cancelled),
    reason: String(completion.skip_reason ?? ""),
    leadTime: completion.lead_time ?? 0,
    at: Math.max(completion.created_at ?? 0, completion.updated_at ?? 0),
    revision: revisions?.[completion.id] ?? null,
  }));
  return changes
    .filter((item) => !item.refused)
    .reduce(withChange, known)
    .map((item) => ({ ...item, stored: { ...item } }));
}

function withChange(items, { kind, ref, completionId, body, at, revision }) {
  const isIt = (item) => (ref && item.ref === ref) || (completionId && item.id === completionId);
  const change = (changes) => items.map((item) => (isIt(item) ? { ...item, ...changes } : item));
  if (kind === "remove") return items.filter((item) => !isIt(item));
  if (kind === "star") return change({ star: body.honeypot });
  if (kind === "reason") return change({ reason: body.skip_reason });
  if (kind === "undraft") return items;
  const made = {
    result: body.result ?? [],
    skipped: kind === "skip" || body.was_cancelled === true,
    leadTime: body.lead_time ?? 0,
    ...(body.skip_reason ? { reason: body.skip_reason } : {}),
    at: at / 1000,
    ...(revision ? { revision } : {}),
  };
  if (items.some(isIt)) return change(made);
  if (kind === "update") return items;
  const id = completionId ?? null;
  return [...items, { key: ref, id, ref, star: Boolean(body.honeypot), revision: null, ...made }];
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
