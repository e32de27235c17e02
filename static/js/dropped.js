// Files out of what was dropped, chosen or pasted; folders are walked through, hidden files left.

// Answers [{file, path}], paths with the folders in which the files were.
export async function filesOf(transfer) {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry, found) {
  if (entry === null || entry.name.startsWith(".")) return;
  if (entry instanceof File) found.push({ file: entry, path: entry.name });
  else if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push({ file, path: entry.fullPath.replace(/^\//, "") });
  } else {
    const reader = entry.createReader();
    for (let some = await read(reader); some.length; some = await read(reader)) {
      for (const inside of some.sort(byName)) await walk(inside, found);
    }
  }
}

// A reader gives a hundred at a time, and none at the end.
const read = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
const byName = (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true });

// Those of an <input type="file">, also of a whole folder.
export function filesOfInput(input) {
  return [...input.files]
    .map((file) => ({ file, path: file.webkitRelativePath || file.name }))
    .filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
}

// What pasted text is: {kind: "url" | "json" | "csv" | "tsv" | "txt", text}.
export function kindOfText(text) {
  const trimmed = text.trim();
  if (/^https?:\/\/\S+$/i.test(trimmed)) return "url";
  if (/^[[{]/.test(trimmed)) return "json";
  const lines = trimmed.split(/\r?\n/).slice(0, 5);
  const same = (sign) =>
    lines.length > 1 && lines.every((line) => count(line, sign) === count(lines[0], sign)) && count(lines[0], sign) > 0;
  if (same("\t")) return "tsv";
  return same(",") ? "csv" : "txt";
}

const count = (line, sign) => line.split(sign).length - 1;
