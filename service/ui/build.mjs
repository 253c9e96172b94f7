// Bundles the entries into the folder that is named: files named by their content, a manifest of the entries, and the
// licences of all that is bundled. The same sources and lock file give the same bytes.
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2]);
const entries = ["page", "map", "workbench"];

const { metafile } = await esbuild.build({
  absWorkingDir: here,
  entryPoints: entries.map((name) => `src/${name}.ts`),
  outdir: out,
  entryNames: "[name]-[hash]",
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  loader: { ".png": "dataurl" },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});

await writeFile(path.join(out, "manifest.json"), `${JSON.stringify(manifest(), null, 1)}\n`);
await writeFile(path.join(out, "THIRD-PARTY-LICENCES.txt"), await licences());

/** The file of each entry and of each entry's style sheet, by names such as map.js and map.css. */
function manifest() {
  const files = {};
  for (const [file, { entryPoint, cssBundle }] of Object.entries(metafile.outputs)) {
    if (!entryPoint?.startsWith("src/")) continue;
    const name = path.basename(entryPoint, ".ts");
    files[`${name}.js`] = path.basename(file);
    if (cssBundle) files[`${name}.css`] = path.basename(cssBundle);
  }
  return files;
}

/** Name, version, licence and licence text of each package of which anything is bundled. */
async function licences() {
  const found = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/^(node_modules\/(?:@[^/]+\/)?[^/]+)\//);
    if (match) found.add(match[1]);
  }
  const parts = ["The browser code of lepgraph holds code of these packages, each under its own licence.\n"];
  for (const folder of [...found].sort()) {
    const said = JSON.parse(await readFile(path.join(here, folder, "package.json"), "utf8"));
    const file = (await readdir(path.join(here, folder))).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
    if (!file) throw new Error(`${folder} has no licence file`);
    const text = await readFile(path.join(here, folder, file), "utf8");
    parts.push(`${"-".repeat(80)}\n${said.name} ${said.version}, ${said.license}\n\n${text.trim()}\n`);
  }
  return parts.join("\n");
}
