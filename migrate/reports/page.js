"use strict";
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const kept = {
    get theme() {
      try { return localStorage.getItem("slsmigrate-theme"); } catch { return null; }
    },
    set theme(name) {
      try { localStorage.setItem("slsmigrate-theme", name); } catch { /* a page from a file may have no storage */ }
    },
  };
  const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
  if (["light", "dark"].includes(kept.theme)) root.dataset.theme = kept.theme;

  function startTheme() {
    const button = document.getElementById("theme");
    const tell = () => { button.textContent = theme() === "dark" ? "Light theme" : "Dark theme"; };
    button.addEventListener("click", () => {
      kept.theme = root.dataset.theme = theme() === "dark" ? "light" : "dark";
      tell();
    });
    dark.addEventListener("change", tell);
    tell();
    button.hidden = false;
  }

  function startList() {
    const at = (id) => document.getElementById(id);
    const list = document.querySelector(".repos");
    const fields = ["text", "outcome", "kind", "rule", "confidence"].map(at).filter(Boolean);
    const value = (id) => (at(id) ? at(id).value : "");
    const textOf = (elements) => Array.from(elements, (each) => each.textContent).join(" ").toLowerCase();
    const repositories = Array.from(list.children, (element, number) => ({
      element,
      number,
      name: element.dataset.name,
      outcome: element.dataset.outcome,
      secrets: Number(element.dataset.secrets),
      details: element.querySelector("details"),
      text: textOf(element.querySelectorAll("summary, .reasons, .facts, .parameters")),
      findings: Array.from(element.querySelectorAll(".finding"), (finding) => ({
        element: finding, ...finding.dataset, text: textOf([finding]),
      })),
    }));
    const total = repositories.reduce((sum, each) => sum + each.findings.length, 0);
    const count = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
    const hide = (element, hidden) => { if (element.hidden !== hidden) element.hidden = hidden; };

    function narrow(repository, wanted) {
      const open = wanted.words.filter((word) => !repository.text.includes(word));
      let fitting = 0;
      for (const finding of repository.findings) {
        const fits = wanted.finding.every(([name, text]) => finding[name] === text)
          && open.every((word) => finding.text.includes(word));
        hide(finding.element, !fits);
        fitting += fits;
      }
      const alone = !open.length && !wanted.finding.length;
      const shown = (!wanted.outcome || repository.outcome === wanted.outcome) && (alone || fitting > 0);
      hide(repository.element, !shown);
      return shown ? [1, fitting] : [0, 0];
    }

    function filter() {
      const wanted = {
        words: value("text").toLowerCase().split(/\s+/).filter(Boolean),
        outcome: value("outcome"),
        finding: ["kind", "rule", "confidence"].map((name) => [name, value(name)]).filter(([, text]) => text),
      };
      let shown = 0;
      let secrets = 0;
      for (const repository of repositories) {
        const [one, some] = narrow(repository, wanted);
        shown += one;
        secrets += some;
      }
      const all = shown === repositories.length && secrets === total;
      const of = (part, whole) => (all ? "" : ` of ${whole.toLocaleString("en")}`);
      at("status").textContent = `${shown.toLocaleString("en")}${of(shown, repositories.length)} `
        + `${repositories.length === 1 ? "repository" : "repositories"}, `
        + `${secrets.toLocaleString("en")}${of(secrets, total)} ${total === 1 ? "secret" : "secrets"}`;
      hide(at("nothing"), shown > 0);
      hide(at("clear"), fields.every((field) => !field.value));
      for (const pick of document.querySelectorAll("button.pick")) {
        pick.setAttribute("aria-pressed", String(value(pick.dataset.filter) === pick.dataset.value));
      }
    }

    function sort() {
      const order = {
        outcome: (a, b) => a.number - b.number,
        name: (a, b) => a.name.localeCompare(b.name, "en", { numeric: true }),
        secrets: (a, b) => b.secrets - a.secrets || a.number - b.number,
      }[value("sort")];
      list.append(...[...repositories].sort(order).map((each) => each.element));
    }

    function clear() {
      for (const field of fields) field.value = "";
      filter();
    }

    function reveal() {
      const wanted = repositories.find((each) => `#${each.element.id}` === location.hash);
      if (!wanted) return;
      if (wanted.element.hidden) clear();
      wanted.details.open = true;
      wanted.element.scrollIntoView();
      wanted.details.querySelector("summary").focus({ preventScroll: true });
    }

    for (const field of fields) field.addEventListener(field.matches("select") ? "change" : "input", filter);
    if (at("sort")) at("sort").addEventListener("change", sort);
    at("clear").addEventListener("click", () => { clear(); at("text").focus(); });
    at("unfold").addEventListener("click", ({ currentTarget: button }) => {
      const open = button.getAttribute("aria-pressed") !== "true";
      for (const each of repositories) if (!each.element.hidden) each.details.open = open;
      button.setAttribute("aria-pressed", String(open));
      button.textContent = open ? "Fold all" : "Unfold all";
    });
    for (const pick of document.querySelectorAll("button.pick")) {
      pick.addEventListener("click", () => {
        const field = at(pick.dataset.filter);
        field.value = field.value === pick.dataset.value ? "" : pick.dataset.value;
        filter();
        if (field.value) at("repositories").scrollIntoView();
      });
    }
    document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.matches("input, select")) {
        event.preventDefault();
        at("text").focus();
      }
    });
    addEventListener("hashchange", reveal);
    startPrinting(repositories);
    document.querySelector(".tools").hidden = false;
    filter();
    if (value("sort") && value("sort") !== "outcome") sort();
    reveal();
  }

  // Paper can't be unfolded: whatever passes the filters is printed with its findings.
  function startPrinting(repositories) {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = repositories.filter((each) => !each.element.hidden && !each.details.open);
      for (const each of opened) each.details.open = true;
    });
    addEventListener("afterprint", () => {
      for (const each of opened) each.details.open = false;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    startTheme();
    startList();
  });
})();
