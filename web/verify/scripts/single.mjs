// Makes one file of the built page, so that it can be kept and opened anywhere, without a server. Its
// own policy lets it run the one script and the one style in it, and reach nobody.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = "dist";
const html = readFileSync(join(folder, "index.html"), "utf8");
const assets = readdirSync(join(folder, "assets"));
const only = (end) => {
  const found = assets.filter((name) => name.endsWith(end));
  if (found.length !== 1) throw new Error(`${found.length} files end with ${end}: the page is no longer one script and one style`);
  return readFileSync(join(folder, "assets", found[0]), "utf8").trim();
};
const script = only(".js").replaceAll("</script", "<\\/script");
const style = only(".css");
if (/url\(|@import|sourceMappingURL/.test(style + script)) throw new Error("the page asks for another file");
const digest = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = `default-src 'none'; script-src ${digest(script)}; style-src ${digest(style)}; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
const single = html
  .replace(/\s*<script[^>]*src=[^>]*><\/script>/, "")
  .replace(/\s*<link[^>]*stylesheet[^>]*>/, "")
  .replace("<head>", () => `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`)
  .replace("</head>", () => `  <style>${style}</style>\n  </head>`)
  .replace("</body>", () => `  <script type="module">${script}</script>\n  </body>`);
if (/\ssrc=|<link/.test(single.replace(script, ""))) throw new Error("something is still outside");
rmSync(folder, { recursive: true });
mkdirSync(folder);
writeFileSync(join(folder, "index.html"), single);
console.log(`index.html: ${(single.length / 1024).toFixed(1)} KB`);
