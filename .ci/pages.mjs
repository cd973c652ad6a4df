// Opens pages in Chromium as people do: `node .ci/pages.mjs TOOLS BROWSER FOLDER…`, TOOLS being the folder in
// which npm has installed puppeteer-core and axe-core. Exit code 1 and what is wrong when somebody could not
// read a page, or it asked for something from elsewhere.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [tools, executablePath, ...folders] = process.argv.slice(2).map((it) => resolve(it));
const require = createRequire(join(tools, "package.json"));
const puppeteer = require("puppeteer-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

// How long a script may take for the index of many bodies, in milliseconds.
const PATIENCE = 200;

// Of pages of one kind, so many are opened in Catalan and one in the others; the links of all are followed.
const OF_A_KIND = 2;

const wrong = new Set();
const counts = { pages: 0, opened: 0, links: 0 };

const htmls = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((it) => it.isFile() && it.name.endsWith(".html"))
    .map((it) => join(it.parentPath, it.name))
    .sort();

// Every link of every page leads to a file, and to a place in it; nothing else is asked for.
const followLinks = (folder, pages) => {
  const ids = new Map();
  const idsOf = (file) => {
    if (!ids.has(file)) {
      const all = readFileSync(file, "utf8").matchAll(/ id="([^"]+)"/g);
      ids.set(file, new Set([...all].map(([, id]) => id)));
    }
    return ids.get(file);
  };
  for (const page of pages) {
    const text = readFileSync(page, "utf8");
    const links = [...text.matchAll(/ (?:href|src)="([^"]*)"/g)].map(([, link]) => link);
    for (const link of links) {
      if (/^(https:|data:,)/.test(link)) continue;
      counts.links += 1;
      const [path, place] = link.split("#");
      const file = path === "" ? page : resolve(dirname(page), decodeURIComponent(path));
      const leads = existsSync(file) && (!place || idsOf(file).has(place));
      if (!leads) wrong.add(`${relative(folder, page)}: ${link} leads nowhere`);
    }
  }
};

// A few of each kind of page and language: those that have most on them.
const chosen = (folder, pages) => {
  const kinds = new Map();
  for (const page of pages) {
    const parts = relative(folder, page).split("/");
    const kind = parts.length > 2 ? parts.slice(0, 2).join("/") : parts.join("/");
    kinds.set(kind, [...(kinds.get(kind) ?? []), page]);
  }
  const size = (page) => readFileSync(page).length;
  const most = (kind) => (kind.startsWith("ca/") ? OF_A_KIND : 1);
  return [...kinds].flatMap(([kind, all]) => all.sort((a, b) => size(b) - size(a)).slice(0, most(kind)));
};

const serve = (folder) =>
  new Promise((done) => {
    const types = { html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript" };
    const server = createServer((request, response) => {
      const file = join(folder, decodeURIComponent(new URL(request.url, "http://x").pathname));
      if (!existsSync(file)) return response.writeHead(404).end();
      response.writeHead(200, { "content-type": types[file.split(".").pop()] ?? "text/plain" });
      response.end(readFileSync(file));
    });
    server.listen(0, "127.0.0.1", () => done(server));
  });

// A page that tells what it says on the console and asks for.
const open = async (browser, where, scripts = true) => {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const tell = (what) => wrong.add(`${where.name}: ${what}`);
  page.on("console", (message) => tell(`on the console: ${message.text()}`));
  page.on("pageerror", (error) => tell(`an error: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(where.origin) && request.url() !== "data:,") tell(`asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) => tell(`cannot have ${request.url()}`));
  page.on("response", (response) => response.status() >= 400 && tell(`${response.status()} for ${response.url()}`));
  await page.setJavaScriptEnabled(scripts);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(where.url, { waitUntil: "load" });
  counts.opened += 1;
  return page;
};

// What is wider than the window, or cut off within its box.
const CUT = () => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1;
  const cut = [...document.querySelectorAll("main *, header *, footer *")].filter((it) => {
    const style = getComputedStyle(it);
    const hides = /hidden|clip/.test(style.overflowX + style.overflowY);
    const box = it.getBoundingClientRect();
    const out = box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && box.left > -1000;
    return (hides && it.tagName !== "svg" && it.scrollWidth > it.clientWidth + 1) || out;
  });
  return [...(wide ? ["the page scrolls sideways"] : []), ...cut.slice(0, 2).map((it) => it.outerHTML.slice(0, 160))];
};

// What axe-core finds, in light and dark, and what is cut with letters twice as large and on a narrow screen.
const looked = async (browser, where) => {
  const page = await open(browser, where);
  // The page's own policy lets no other script in, so it comes by the debugger.
  await page.evaluate(axe);
  for (const scheme of ["light", "dark"]) {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const found = await page.evaluate(async () => {
      const runOnly = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const { violations } = await globalThis.axe.run(document, { runOnly, preload: false });
      return violations.map((it) => `${it.id}: ${it.help}: ${it.nodes[0].html.slice(0, 200)}`);
    });
    for (const it of found) wrong.add(`${where.name}, ${scheme}: axe: ${it}`);
  }
  for (const [name, width, size] of [["320 px", 320, ""], ["200 % text", 640, "200%"]]) {
    await page.setViewport({ width, height: 900 });
    await page.evaluate((it) => (document.documentElement.style.fontSize = it), size);
    for (const it of await page.evaluate(CUT)) wrong.add(`${where.name}, ${name}: cut: ${it}`);
  }
  await page.close();
};

// Without scripts all the text of the page is there, and nothing that needs one is seen.
const withoutScripts = async (browser, where) => {
  const page = await open(browser, where, false);
  const session = await page.createCDPSession();
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const names = nodes.filter((node) => !node.ignored).map((node) => node.role?.value);
  if (!names.includes("heading")) wrong.add(`${where.name}, without scripts: no heading`);
  if (names.includes("searchbox")) wrong.add(`${where.name}, without scripts: a filter that does nothing`);
  await page.close();
};

// With the tabulator alone each link, button and field gets the focus, and is seen to have it.
const byKeyboard = async (browser, where) => {
  const page = await open(browser, where);
  const all = await page.evaluate(() => {
    const can = "a[href], button, input, select, summary, pre[tabindex='0']";
    const seen = [...document.querySelectorAll(can)].filter((it) => it.checkVisibility());
    seen.forEach((it, at) => it.setAttribute("data-at", at));
    return seen.length;
  });
  const reached = new Set();
  for (let step = 0; step < Math.min(all + 5, 150); step += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const it = document.activeElement;
      const shown = it.matches(":focus-visible") && getComputedStyle(it).outlineStyle !== "none";
      return it.dataset.at && (shown ? it.dataset.at : `${it.dataset.at} unseen`);
    });
    if (at?.endsWith("unseen")) wrong.add(`${where.name}: a focus that is not seen`);
    if (at !== undefined) reached.add(at);
  }
  if (reached.size < Math.min(all, 140)) wrong.add(`${where.name}: the keyboard reaches ${reached.size} of ${all}`);
  await page.close();
};

// The index of many bodies is narrowed and sorted within a blink.
const quick = async (browser, where) => {
  const page = await open(browser, where);
  const before = (await page.metrics()).ScriptDuration;
  await page.type("form.filter input", "ens 77");
  const shown = await page.$$eval("tbody tr", (rows) => rows.filter((row) => !row.hidden).length);
  await page.click("th[data-sort] button");
  const took = Math.round(1000 * ((await page.metrics()).ScriptDuration - before));
  const rows = await page.$$eval("tbody tr", (all) => all.length);
  console.log(`${where.name}: ${rows} rows narrowed to ${shown} and sorted in ${took} ms of script`);
  if (took > PATIENCE || shown === 0 || shown === rows) wrong.add(`${where.name}: filter: ${shown} rows, ${took} ms`);
  await page.close();
};

// What a person asks who never saw these pages, by the words that are seen on them alone: what is due, why an ens
// waits, who approved the last load.
const walk = async (browser, folder) => {
  const where = { name: "the walk", url: pathToFileURL(join(folder, "index.html")).href, origin: "file://" };
  const page = await open(browser, where);
  const says = async (selector) => (await page.$$eval(selector, (all) => all.map((it) => it.innerText))).join("\n");
  const follow = async (words) => {
    const links = await page.$$("a");
    const texts = await Promise.all(links.map((link) => link.evaluate((it) => it.innerText)));
    const at = texts.findLastIndex((text) => words.test(text));
    if (at < 0) throw new Error(`no link says ${words}`);
    await Promise.all([page.waitForNavigation(), links[at].click()]);
  };
  const sees = async (selector, words) => {
    const seen = await says(selector);
    if (!words.test(seen)) wrong.add(`${where.name}: ${selector} does not say ${words}: ${seen.slice(0, 200)}`);
  };
  await page.waitForSelector("#tasks", { timeout: 10_000 });
  await sees("h1", /^Què s'ha de fer, dg 2026-12-20/);
  await sees("#tasks h2 + .tasks .who", /AOC/);
  await follow(/^Tots els ens$/);
  await follow(/^Consorci C$/);
  await sees("section", /Per què espera\s+La càrrega es va retirar el 2026-12-16/);
  await follow(/^[0-9a-f]{12}$/);
  await sees("section", /Qui ho ha aprovat\s+Marta Example · AOC .*\s+Joan Example · SIAD/);
  await page.close();
};

const browser = await puppeteer.launch({ executablePath, headless: true, args: ["--no-sandbox"] });
for (const folder of folders) {
  const pages = htmls(folder);
  counts.pages += pages.length;
  followLinks(folder, pages);
  const server = await serve(folder);
  const origin = `http://127.0.0.1:${server.address().port}/`;
  for (const file of chosen(folder, pages)) {
    const name = `${folder.split("/").pop()}/${relative(folder, file)}`;
    const onDisk = { name, url: pathToFileURL(file).href, origin: "file://" };
    const served = { name: `${name}, served`, url: origin + relative(folder, file), origin };
    if (file.endsWith(`${folder}/index.html`)) continue;
    await looked(browser, onDisk);
    await (await open(browser, served)).close();
    await withoutScripts(browser, onDisk);
    if (name.includes("/ca/") || name.startsWith("plan/")) await byKeyboard(browser, onDisk);
    if (name.endsWith("many/ca/ens.html")) await quick(browser, onDisk);
  }
  if (existsSync(join(folder, "ca/change.html"))) await walk(browser, folder);
  server.close();
}
await browser.close();
console.log(`${counts.pages} pages, ${counts.links} links followed, ${counts.opened} times a page was opened`);
for (const it of [...wrong].slice(0, 60)) console.error(it);
if (wrong.size > 0) {
  console.error(`${wrong.size} things are wrong with the pages`);
  process.exit(1);
}
