// Cut Atkinson Hyperlegible Next (OFL-1.1) to the letters that Dutch, English, Turkish and Polish need.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import subsetFont from "subset-font";

const files = "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files";
const family = "atkinson-hyperlegible-next";

const ascii = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
const dutch = "ÀÁÂÄÈÉÊËÌÍÎÏÒÓÔÖÙÚÛÜàáâäèéêëìíîïòóôöùúûüçÇñÑß";
const signs = "\u00a0\u00ad\u2009‘’‚“”„«»–—…·•×−°²³½¼¾€£§©®→←";
const turkishAndPolish = "ĞğİıŞşĄąĆćĘęŁłŃńŚśŹźŻż";

// Two files, so that who reads no Turkish or Polish never fetches their letters.
// Weights 400-700 only; nothing on our pages is thinner or fatter.
const parts = [
  { key: "fonts/atkinson.woff2", source: `${family}-latin-wght-normal.woff2`, text: ascii + dutch + signs },
  { key: "fonts/atkinson-ext.woff2", source: `${family}-latin-ext-wght-normal.woff2`, text: turkishAndPolish },
];

/** Codepoints of a text as the value of `unicode-range`, neighbours joined. */
export function unicodeRange(text) {
  const points = [...new Set([...text].map((c) => c.codePointAt(0)))].sort((a, b) => a - b);
  const ranges = [];
  for (const point of points) {
    const last = ranges.at(-1);
    if (last && point === last[1] + 1) last[1] = point;
    else ranges.push([point, point]);
  }
  const hex = (n) => n.toString(16).toUpperCase();
  return ranges.map(([a, b]) => (a === b ? `U+${hex(a)}` : `U+${hex(a)}-${hex(b)}`)).join(",");
}

/** Write the font files; returns the @font-face rules that name them. */
export async function buildFonts({ root, emit }) {
  const rules = [];
  for (const { key, source, text } of parts) {
    const original = await readFile(join(root, files, source));
    const woff2 = await subsetFont(original, text, {
      targetFormat: "woff2",
      variationAxes: { wght: { min: 400, max: 700, default: 400 } },
    });
    const file = await emit(key, woff2);
    rules.push(
      `@font-face{font-family:"Atkinson Hyperlegible Next";src:url("${file}") format("woff2");` +
        `font-weight:400 700;font-style:normal;font-display:swap;unicode-range:${unicodeRange(text)}}`,
    );
  }
  return rules.join("\n");
}
