// Filters and sorts what is on the page, and nothing else: without it everything can be read.
"use strict";

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const form of document.querySelectorAll("form.filter")) {
  const list = document.getElementById(form.dataset.filter);
  if (!list) continue;
  const rows = [...list.querySelectorAll("tbody > tr, .tasks > li")];
  const [words, who] = [form.querySelector("input"), form.querySelector("select")];
  const count = form.querySelector("output");
  let texts;
  const narrow = () => {
    texts ??= rows.map((row) => plain(row.textContent));
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, at) => {
      const acts = !who?.value || row.dataset.who.split(" ").includes(who.value);
      const fits = acts && wanted.every((word) => texts[at].includes(word));
      if (row.hidden === fits) row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = `${shown} / ${rows.length}`;
  };
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
}

const key = (row, column) => {
  const text = plain(row.cells[column].textContent).trim();
  return /^-?\d+$/.test(text) ? Number(text) : text;
};

const sort = (head) => {
  const up = head.getAttribute("aria-sort") !== "ascending";
  const body = head.closest("table").tBodies[0];
  const keyed = [...body.rows].map((row) => [key(row, head.cellIndex), row]);
  keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1));
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  body.append(...keyed.map(([, row]) => row));
};

for (const head of document.querySelectorAll("th[data-sort]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener("click", () => sort(head));
}
