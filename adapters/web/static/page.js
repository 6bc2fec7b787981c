// What the pages do beside htmx: times in the reader's zone, a new name for each form, keys, the two ways to write,
// and looking again when something has changed.
"use strict";

const every = (root, what) => [...root.querySelectorAll(what)];
const part = () => document.getElementById("part");

function local(root) {
  for (const one of every(root, "time[datetime]")) {
    const at = new Date(one.dateTime);
    if (!Number.isNaN(at.getTime())) {
      one.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    }
  }
}

// A form's own name lets it be taken once, however often it is sent.
function name_forms(root) {
  for (const one of every(root, "input[name=ident]")) {
    if (!one.value) one.value = crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random().toString(16).slice(2);
  }
}

// A note, unless the customer is chosen: then all of it looks different, and shows what they will get.
function ways(form) {
  const customer = form.querySelector("input[name=to][value=customer]"), shown = form.querySelector(".shown");
  const text = form.querySelector("textarea"), files = form.querySelector("input[type=file]");
  const show = () => {
    const way = customer.checked ? "customer" : "note";
    form.classList.toggle("to-customer", customer.checked);
    for (const one of every(form, "[data-note]")) one.textContent = one.dataset[way];
    form.querySelector("input[name=names]").value = [...files.files].map((one) => one.name.replaceAll("\n", " ")).join("\n");
    const empty = !text.value.trim() && !files.files.length;
    form.querySelector(".preview").hidden = !customer.checked || empty;
    if (empty) shown.textContent = "";
    else if (customer.checked) htmx.trigger(shown, "look");
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}

function ready(root) {
  local(root);
  name_forms(root);
  for (const form of every(root, "form.composer")) ways(form);
}

// A page that nobody looks at does not watch: browsers keep few connections to one address.
function watch(one) {
  let source = null;
  const look = () => htmx.trigger(part(), "changed");
  const turn = (again) => {
    if (document.hidden) {
      if (source) source.close();
      source = null;
    } else if (!source) {
      source = new EventSource(one.dataset.live);
      source.addEventListener("changed", look);
      source.addEventListener("left", () => location.reload());
      if (again) look();
    }
  };
  document.addEventListener("visibilitychange", () => turn(true));
  turn(false);
}

document.addEventListener("DOMContentLoaded", () => {
  if (location.pathname.startsWith("/team/")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone) document.cookie = `zone=${zone}; path=/team/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  }
  ready(document);
  for (const one of every(document, "[data-live]")) watch(one);
});

// What somebody has opened and begun to write stays, with the hand where it was, when the page changes beneath it.
let kept = [];

function named(details) {
  const form = details.querySelector("form"), entry = details.querySelector("input[name=entry]");
  return [details.querySelector("summary").textContent, form && form.getAttribute("action"), entry && entry.value].join("|");
}

const fields = (details) => every(details, "textarea, select, input:not([type=hidden])");

function begun(field) {
  if (field instanceof HTMLSelectElement) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function keep(details) {
  const at = document.activeElement;
  return {
    name: named(details),
    values: fields(details).map((one) => (begun(one) ? { value: one.value, checked: one.checked } : null)),
    at: fields(details).indexOf(at),
    summary: at && at.tagName === "SUMMARY" && details.contains(at),
    marked: at && at.tagName === "TEXTAREA" ? [at.selectionStart, at.selectionEnd] : null,
  };
}

function restore(details, had) {
  const ours = window === window.top || document.hasFocus(); // beside another pane, the hand may be over there
  details.open = true;
  fields(details).forEach((one, n) => {
    const was = had.values[n];
    if (was) {
      one.value = was.value;
      if (was.checked !== undefined) one.checked = was.checked;
    }
    if (n === had.at && ours) {
      one.focus();
      if (had.marked) one.setSelectionRange(...had.marked);
    }
  });
  if (had.summary && ours) details.querySelector("summary").focus();
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, serverResponse } = event.detail;
  kept = [];
  if (target.id !== "part") return;
  // What was sent is done; all else that is open stays.
  kept = every(target, "details[open]").filter((one) => !one.contains(requestConfig.elt)).map(keep);
  const next = new DOMParser().parseFromString(serverResponse, "text/html");
  const names = every(next, "details").map(named);
  // Nobody's words vanish with what they are about: they are told when they send them.
  if (kept.some((one) => one.values.some(Boolean) && !names.includes(one.name))) event.detail.shouldSwap = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  ready(target);
  if (target.id !== "part") return;
  for (const one of every(target, "details")) {
    const had = kept.find((each) => each.name === named(one));
    if (had) restore(one, had);
  }
  kept = [];
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const one = event.detail.elt, said = document.getElementById("said");
  if (one.classList.contains("shown") && one.closest(".preview").hidden) event.preventDefault();
  else if (one instanceof HTMLFormElement && said) said.textContent = "";
});
document.addEventListener("htmx:sendError", () => {
  const said = document.getElementById("said");
  if (said) said.textContent = document.body.dataset.away;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  const retargeted = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Retarget");
  if (form instanceof HTMLFormElement && form.method === "post" && event.detail.successful && !retargeted) {
    form.reset();
    const open = form.closest("details");
    if (open) open.open = false;
    for (const one of every(form, "input[name=ident]")) one.value = "";
    name_forms(form);
  }
});

// Keys.
function step(by) {
  const links = every(document, ".board .card > a, .list a"), at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select");
  const form = event.target instanceof Element && event.target.closest("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form && form.method === "post") {
    event.preventDefault();
    form.requestSubmit();
  }
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input[type=radio]")) {
    wanted.click();
    wanted.form.querySelector("textarea").focus();
  } else if (wanted.matches("summary")) {
    wanted.click();
    const field = wanted.parentElement.querySelector("input:not([type=hidden]), textarea, select");
    if (field && wanted.parentElement.open) field.focus();
  } else if (wanted.matches("a, button")) {
    wanted.click();
  } else {
    wanted.focus();
  }
});
