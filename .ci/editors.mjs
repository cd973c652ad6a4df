// Drives yaml-language-server over the inventory as an editor does: `node .ci/editors.mjs TOOLS`,
// TOOLS being the folder in which npm has installed it. Exit code 1 and a sentence when an editor
// would not help.

import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const tools = resolve(process.argv[2]);
const require = createRequire(join(tools, "package.json"));
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } =
  require("vscode-jsonrpc/node");
const server = join(tools, "node_modules/yaml-language-server/bin/yaml-language-server");

// How long the server may take to answer, in milliseconds.
const PATIENCE = 30_000;

// A schema that editors find by the comment in a file's first line.
const COMMENT = /^# yaml-language-server: \$schema=(\S+)$/;

const settings = {
  yaml: {
    validate: true,
    hover: true,
    completion: true,
    // What a file's comment names is all there is: nothing is fetched.
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
    customTags: [],
  },
};

class Editor {
  constructor() {
    this.process = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    this.connection = createMessageConnection(
      new StreamMessageReader(this.process.stdout),
      new StreamMessageWriter(this.process.stdin),
    );
    this.waiting = new Map();
    this.connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
      this.waiting.get(uri)?.(diagnostics);
    });
    this.connection.onRequest("workspace/configuration", ({ items }) =>
      items.map(({ section }) => settings[section] ?? null),
    );
    this.connection.onRequest("client/registerCapability", () => null);
    this.connection.listen();
  }

  async start() {
    const root = pathToFileURL(process.cwd()).href;
    await this.ask("initialize", {
      processId: process.pid,
      rootUri: root,
      workspaceFolders: [{ uri: root, name: "segell" }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: {
          hover: { contentFormat: ["markdown"] },
          completion: { completionItem: { snippetSupport: true } },
          publishDiagnostics: {},
        },
      },
    });
    await this.connection.sendNotification("initialized", {});
    await this.connection.sendNotification("workspace/didChangeConfiguration", { settings });
  }

  ask(method, parameters) {
    return within(this.connection.sendRequest(method, parameters), `an answer to ${method}`);
  }

  // What the server finds wrong with `text`, opened as `file`.
  async diagnostics(file, text) {
    const uri = pathToFileURL(file).href;
    const found = new Promise((resolve) => this.waiting.set(uri, resolve));
    const textDocument = { uri, languageId: "yaml", version: 1, text };
    await this.connection.sendNotification("textDocument/didOpen", { textDocument });
    return within(found, `what is wrong with ${file}`);
  }

  at(method, file, line, character) {
    const textDocument = { uri: pathToFileURL(file).href };
    return this.ask(`textDocument/${method}`, { textDocument, position: { line, character } });
  }

  async stop() {
    await this.ask("shutdown", null);
    await this.connection.sendNotification("exit");
  }
}

async function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the language server owes ${what}`)), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => {
      const path = join(folder, item.name);
      if (item.isDirectory()) return files(path);
      return item.name.endsWith(".yaml") ? [path] : [];
    });
}

function demand(holds, sentence) {
  if (!holds) throw new Error(sentence);
}

function told(file, diagnostics) {
  return diagnostics.map(({ range, message }) => `${file}:${range.start.line + 1}: ${message}`).join("\n");
}

async function nothingIsWrong(editor) {
  const all = files("inventory");
  for (const file of all) {
    const text = readFileSync(file, "utf8");
    const schema = text.split("\n")[0].match(COMMENT)?.[1];
    demand(schema, `${file}: its first line names no schema for editors`);
    readFileSync(resolve(file, "..", schema));
    const diagnostics = await editor.diagnostics(file, text);
    demand(diagnostics.length === 0, told(file, diagnostics));
  }
  return all.length;
}

// A name that is no file's, so that the server has not seen it yet, beside the one it is a copy of.
function besides(file, name) {
  return resolve(file, "..", name);
}

const ENS = "inventory/ens/institut-b.yaml";
const BATCH = "inventory/calendars/transicio-2026/30-consorci-c.yaml";

async function aMistakeIsShown(editor, [file, from, to, words]) {
  const text = readFileSync(file, "utf8");
  demand(text.includes(from), `${file}: there is no \`${from}\` to break`);
  const broken = text.replace(from, to);
  const line = broken.split("\n").findIndex((line) => line.includes(to.split("\n")[0]));
  const diagnostics = await editor.diagnostics(besides(file, `broken-${words.length}.yaml`), broken);
  const shown = diagnostics.some(
    ({ range, message }) => range.start.line === line && message.includes(words),
  );
  const sentence = `${file}, line ${line + 1}, \`${to}\`: an editor should say \`${words}\` there`;
  demand(shown, `${sentence}, and says:\n${told(file, diagnostics) || "nothing"}`);
}

async function aFieldIsExplained(editor, [file, field, words]) {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const line = lines.findIndex((line) => line.trim().startsWith(`${field}:`));
  demand(line >= 0, `${file}: there is no field \`${field}\``);
  const hover = await editor.at("hover", file, line, lines[line].indexOf(field) + 1);
  const shown = JSON.stringify(hover?.contents ?? "");
  demand(shown.includes(words), `${file}: pointed at, \`${field}\` should say \`${words}\`, and says ${shown}`);
}

async function whatIsMissingIsOffered(editor) {
  const copy = besides(BATCH, "40-offered.yaml");
  const text = readFileSync(BATCH, "utf8").split("\n").slice(0, 3).join("\n") + "\n";
  await editor.diagnostics(copy, text);
  const answer = await editor.at("completion", copy, 3, 0);
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  const labels = items.map(({ label }) => label);
  for (const field of ["pre", "pro", "loads", "hold", "departments"]) {
    demand(labels.includes(field), `a batch should be offered \`${field}\`; it is offered ${labels.join(", ")}`);
  }
  demand(!labels.includes("stage"), "a batch should not be offered `stage`, which it has");
}

const mistakes = [
  [ENS, "block: consuming", "block: consumer", "Value must be"],
  [ENS, "nif:", "nyf:", "Property nyf is not allowed"],
  [BATCH, "pre: 2028-01-18", "pre: 2028-13-01", "date"],
  [BATCH, "  - ens: consorci-c", "  - ens: Consorci C", "pattern"],
];
// Of a choice, such as `stage`, the server tells what the chosen value means.
const fields = [
  [ENS, "organ_code", "the code its seal is configured under"],
  [BATCH, "loads", "What is loaded"],
  [BATCH, "stage", "Not yet"],
  [BATCH, "pre", "The day on which AOC loads it in PRE"],
];

const editor = new Editor();
try {
  await editor.start();
  const count = await nothingIsWrong(editor);
  for (const mistake of mistakes) await aMistakeIsShown(editor, mistake);
  for (const field of fields) await aFieldIsExplained(editor, field);
  await whatIsMissingIsOffered(editor);
  await editor.stop();
  console.log(`editors: ${count} files without a fault; mistakes, hover and completion as they should be`);
} catch (error) {
  console.error(`editors: ${error.message}`);
  process.exitCode = 1;
} finally {
  editor.connection.dispose();
  editor.process.kill();
}
