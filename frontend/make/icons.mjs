// Copy the icons that our templates use from Lucide (ISC) into the templates, cleaned for inlining.
// Run by hand after adding a name: node frontend/make/icons.mjs
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const names = `
  accessibility alarm-clock archive arrow-left arrow-right at-sign ban bell book-open calendar camera chart-column check
  chevron-down chevron-right circle circle-alert circle-check circle-dashed circle-question-mark clock coffee copy
  download external-link eye eye-off file-text flag folder gavel globe handshake heart history hourglass house image inbox
  info keyboard languages lightbulb link list lock log-in log-out mail map map-pin megaphone menu merge message-square
  message-square-warning messages-square minus newspaper paperclip pause pencil phone play plus qr-code quote radio
  refresh-cw reply rss search send settings share-2 shield-check sliders-horizontal smile star sticky-note store table-2
  tag thumbs-up trash-2 trending-up triangle-alert undo-2 user user-check users vote x
`
  .trim()
  .split(/\s+/);

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const source = join(root, "node_modules/lucide-static");
const target = join(root, "src/stamtafel/web/design/templates/design/icons");

/** One SVG on one line: no comment, no size, hidden from screen readers (a word stands beside it). */
function clean(svg) {
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const body = shapes.replace(/\s*\n\s*/g, "").replace(/\s*\/>/g, "/>");
  return (
    '<svg class="st-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ' +
    `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${body}</svg>`
  );
}

await mkdir(target, { recursive: true });
for (const old of await readdir(target)) if (old.endsWith(".svg")) await rm(join(target, old));
for (const name of names) {
  const svg = await readFile(join(source, "icons", `${name}.svg`), "utf8");
  await writeFile(join(target, `${name}.svg`), clean(svg));
}
const license = await readFile(join(source, "LICENSE"), "utf8");
await writeFile(join(target, "LICENSE.txt"), `Icons from Lucide, https://lucide.dev\n\n${license}`);
console.log(`${names.length} icons`);
