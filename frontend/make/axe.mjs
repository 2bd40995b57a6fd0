// Look at pages with axe-core in Chromium: node frontend/make/axe.mjs ADDRESS … ; exit 1 when anything is found.
// CHROMIUM names the browser (Debian's by default); SHOTS a folder for pictures at 360 and 1280 px.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--allow-file-access-from-files"],
});
let found = 0;
for (const address of process.argv.slice(2)) {
  for (const width of [320, 360, 1280]) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: "reduce" });
    page.on("pageerror", (error) => console.log(`  script: ${error.message}`));
    await page.goto(address, { waitUntil: "networkidle" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.evaluate(axe);
    const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    found += result.violations.length + (wide > 0 ? 1 : 0);
    console.log(`${address} at ${width}: ${result.violations.length} found${wide > 0 ? `, ${wide} px too wide` : ""}`);
    for (const violation of result.violations)
      for (const node of violation.nodes.slice(0, 4)) console.log(`  ${violation.id}: ${node.target.join(" ")} ${node.failureSummary.replaceAll("\n", " ").slice(0, 200)}`);
    if (process.env.SHOTS && width > 320) await page.screenshot({ path: join(process.env.SHOTS, `${basename(address, ".html")}-${width}.png`), fullPage: true });
    await page.close();
  }
}
await browser.close();
process.exitCode = found > 0 ? 1 : 0;
