// The whole build: type, styles, scripts, and a manifest that says which hashed file is which.
// Run by `npm run build`; writes only to src/stamtafel/web/static/build/.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

import { buildFonts } from "./fonts.mjs";
import { buildScripts } from "./scripts.mjs";
import { buildStyles } from "./styles.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const out = join(root, "src/stamtafel/web/static/build");
const manifest = {};

/** Write one file under a name that changes with its content; returns that name. */
async function emit(key, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const dot = key.lastIndexOf(".");
  const file = `${key.slice(0, dot).replaceAll("/", "-")}.${hash}${key.slice(dot)}`;
  await writeFile(join(out, file), bytes);
  manifest[key] = { file };
  const size = (n) => `${(n / 1024).toFixed(1)} kB`;
  const packed = key.endsWith(".woff2") ? "" : `, ${size(gzipSync(bytes, { level: 9 }).length)} gzip`;
  console.log(`${file}  ${size(bytes.length)}${packed}`);
  return file;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const fontFaces = await buildFonts({ root, emit });
await buildStyles({ root, emit, fontFaces });
await emit("icon.svg", await readFile(join(root, "frontend/images/icon.svg")));
await buildScripts({ root, out, manifest });
await writeFile(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
