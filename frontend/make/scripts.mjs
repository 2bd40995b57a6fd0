// Every file directly in frontend/src/{site,desk,street}/ is an entry; what they share lies in shared/ or deeper.
import { readFile, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "vite";

const audiences = ["site", "desk", "street"];

async function entries(source) {
  const found = {};
  for (const audience of audiences) {
    const names = await readdir(join(source, audience)).catch(() => []);
    for (const name of names.filter((n) => n.endsWith(".ts") && !n.endsWith(".test.ts"))) {
      found[`${audience}-${name.slice(0, -3)}`] = join(source, audience, name);
    }
  }
  return found;
}

/** Build the scripts and add "<audience>/<name>.ts" → hashed file to the manifest. */
export async function buildScripts({ root, out, manifest }) {
  const source = join(root, "frontend/src");
  const result = await build({
    root: source,
    base: "./",
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    worker: { format: "es", rolldownOptions: { output: { entryFileNames: "[name].[hash].js" } } },
    build: {
      outDir: out,
      emptyOutDir: false,
      assetsDir: "",
      target: ["chrome87", "safari14", "firefox84"],
      modulePreload: false,
      rolldownOptions: {
        input: await entries(source),
        output: { entryFileNames: "[name].[hash].js", chunkFileNames: "[name].[hash].js" },
      },
    },
  });
  for (const chunk of result.output.filter((part) => part.type === "chunk")) {
    if (chunk.isEntry) manifest[relative(source, chunk.facadeModuleId)] = { file: chunk.fileName };
    const size = gzipSync(await readFile(join(out, chunk.fileName)), { level: 9 }).length;
    console.log(`${chunk.fileName}  ${(size / 1024).toFixed(2)} kB gzip`);
  }
}
