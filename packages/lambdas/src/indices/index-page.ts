import type { Folder } from "./folder-tree.ts";

/** Numbers in names sort by value, so that 4.9 comes before 4.10. */
const byName = new Intl.Collator("en", { numeric: true }).compare;

/** A browsable page of one folder. The same content gives the same bytes: nothing in it tells when it was written. */
export function indexPage(folder: Folder, { title }: { title: string }): string {
  const name = `${title}/${folder.path}`;
  const folders = [...folder.folders].sort(([a], [b]) => byName(a, b));
  const files = folder.files
    .map((file) => ({ ...file, name: file.key.slice(folder.path.length) }))
    .sort((a, b) => byName(a.name, b.name));
  const rows = [
    ...(folder.path === "" ? [] : ['<tr><td><a href="../">../</a></td><td></td><td></td></tr>']),
    ...folders.map(([child, { size, modified }]) => row({ name: `${child}/`, size, modified })),
    ...files.map(row),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(name)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color-scheme: light dark }
h1 { font-size: 1.25em; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .2em 1em .2em 0; vertical-align: top }
td:first-child { overflow-wrap: anywhere }
th:nth-child(2), td:nth-child(2) { text-align: right; white-space: nowrap }
td:nth-child(3) { white-space: nowrap; font-variant-numeric: tabular-nums }
tbody tr:hover { background: color-mix(in srgb, currentColor 8%, transparent) }
</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<table>
<thead><tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</body>
</html>
`;
}

function row({ name, size, modified }: { name: string; size: number; modified: Date }): string {
  const link = `<a href="./${escapeHtml(encodePath(name))}">${escapeHtml(name)}</a>`;
  return `<tr><td>${link}</td><td title="${size} bytes">${formatSize(size)}</td><td>${formatDate(modified)}</td></tr>`;
}

/** Links stay relative, so that a page works under any address. */
const encodePath = (name: string): string => name.split("/").map(encodeURIComponent).join("/");

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function formatSize(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]}`;
}

const formatDate = (date: Date): string => date.toISOString().slice(0, 16).replace("T", " ");
