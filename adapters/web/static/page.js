// What the pages do beside htmx: times in the reader's own way, a new name for each form, the two ways to write, keys,
// and looking again when something has changed without taking anything from whoever reads or writes.
"use strict";

const every = (root, what) => [...root.querySelectorAll(what)];
const part = () => document.getElementById("part");
const said = () => document.getElementById("said");
const posts = (form) => form instanceof HTMLFormElement && form.method === "post";

function local(root) {
  const page = document.documentElement.lang;
  const language = navigator.language.startsWith(page) ? navigator.language : page;
  for (const one of every(root, "time[datetime]")) {
    const at = new Date(one.dateTime);
    if (!Number.isNaN(at.getTime())) {
      one.textContent = at.toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
    }
  }
}

// A form's own name lets it be taken once, however often it is sent.
function name_forms(root) {
  for (const one of every(root, "input[name=ident]")) {
    if (!one.value) one.value = crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random().toString(16).slice(2);
  }
}

// ---------------------------------------------------------------- two ways to write

// A note, unless the customer is chosen: then all of it looks different, and shows what they will get. What it looks
// like is sent along, so that nothing goes where it did not say.
function show_way(form) {
  const way = form.querySelector("input[name=to][value=customer]").checked ? "customer" : "note";
  const text = form.querySelector("textarea"), files = form.querySelector("input[type=file]").files;
  form.classList.toggle("to-customer", way === "customer");
  for (const one of every(form, "[data-note]")) one.textContent = one.dataset[way];
  form.querySelector("input[name=shown]").value = way;
  form.querySelector("input[name=names]").value = [...files].map((one) => one.name.replaceAll("\n", " ")).join("\n");
  const empty = !text.value.trim() && !files.length, shown = form.querySelector(".shown");
  form.querySelector(".preview").hidden = way === "note" || empty;
  if (empty) shown.textContent = "";
  else if (way === "customer") htmx.trigger(shown, "look");
}

function ways(form) {
  for (const event of ["input", "change"]) form.addEventListener(event, () => show_way(form));
  form.addEventListener("reset", () => setTimeout(() => show_way(form)));
  show_way(form);
}

// A browser that comes back to a page brings back what was chosen there; it is a note again.
window.addEventListener("pageshow", () => {
  for (const form of every(document, "form.composer")) {
    form.querySelector("input[name=to][value=note]").checked = true;
    show_way(form);
  }
});

// ---------------------------------------------------------------- what is being written

const fields = (root) => every(root, "textarea, select, input:not([type=hidden])");
const written = (root) => every(root, "textarea, input:not([type]), input[name=title]");

function begun(field) {
  if (field instanceof HTMLSelectElement) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// What is kept in this tab is one person's, on one half of the door and in one place.
const half = location.pathname.split("/")[1];
const theirs = `${half}|${document.body.dataset.who}|`;
const kept_as = (...what) => theirs + [document.body.dataset.where, ...what].join("|");

// Whoever comes next finds nothing of theirs who were here before.
function forget_others() {
  if (!document.body.dataset.who) return;
  for (const one of Object.keys(sessionStorage)) {
    if (one.startsWith(`${half}|`) && !one.startsWith(theirs)) sessionStorage.removeItem(one);
  }
}

// A draft outlives its page, in this tab alone, until it is sent.
function draft(field) {
  const form = field.form, entry = form.querySelector("input[name=entry]");
  return kept_as("draft", form.getAttribute("action"), entry ? entry.value : "", field.name);
}

const seen = (form) => form.querySelector("input[name=seen]");

function keep_draft(field) {
  const read = seen(field.form);
  if (begun(field)) sessionStorage.setItem(draft(field), JSON.stringify([field.value, read && read.value]));
  else sessionStorage.removeItem(draft(field));
}

function forget_drafts(form) {
  for (const one of written(form)) sessionStorage.removeItem(draft(one));
}

function bring_drafts(root) {
  for (const form of every(root, "form").filter(posts)) {
    for (const one of written(form)) {
      const found = sessionStorage.getItem(draft(one));
      if (found === null || begun(one)) continue;
      const [value, read] = JSON.parse(found);
      one.value = value;
      if (read && seen(form)) seen(form).value = read;
      const around = one.closest("details");
      if (around) around.open = true;
    }
  }
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.form && posts(field.form) && written(field.form).includes(field)) keep_draft(field);
});

// ---------------------------------------------------------------- a page that changes

// What is done with something tells it from all others, before a change and after it.
function named(details) {
  const form = details.querySelector("form"), entry = details.querySelector("input[name=entry]");
  return [details.querySelector("summary").textContent, form && form.getAttribute("action"), entry && entry.value].join("|");
}

function described(one) {
  const form = one.closest("form"), entry = form && form.querySelector("input[name=entry]"), around = one.closest("details");
  const pressed = one.tagName === "BUTTON" ? one.value : "";
  return [one.tagName, one.getAttribute("href"), one.name, pressed, form && form.getAttribute("action"), entry && entry.value, around && named(around)].join("|");
}

const DETAILS = "details:not(.spoiler)";
let kept = null;

function keep(details) {
  const read = seen(details);
  const values = fields(details).map((one) => (begun(one) ? { value: one.value, checked: one.checked } : null));
  return { name: named(details), open: details.open, values, read: read && read.value, begun: values.some(Boolean) };
}

function restore(details, had) {
  details.open = had.open;
  fields(details).forEach((one, n) => {
    if (!had.values[n]) return;
    one.value = had.values[n].value;
    if (had.values[n].checked !== undefined) one.checked = had.values[n].checked;
  });
  // Who changes words has read them as they were then.
  if (had.begun && had.read) seen(details).value = had.read;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, requestConfig, serverResponse } = event.detail, sent = requestConfig.elt, at = document.activeElement;
  kept = null;
  if (target.id !== "part") return;
  if (target.contains(said())) target.parentElement.before(said());
  // What was sent is done; all else that is open or begun stays.
  if (posts(sent)) forget_drafts(sent);
  const details = every(target, DETAILS).filter((one) => one.open || fields(one).some(begun)).filter((one) => !one.contains(sent)).map(keep);
  const names = every(new DOMParser().parseFromString(serverResponse, "text/html"), DETAILS).map(named);
  if (details.some((one) => one.begun && !names.includes(one.name))) {
    // Nobody's words vanish with what they were about.
    event.detail.shouldSwap = false;
    said().textContent = document.body.dataset.changed;
    return;
  }
  const inside = at && target.contains(at), around = sent.closest && sent.closest("details");
  kept = {
    details,
    at: inside ? described(at) : null,
    marked: inside && at.tagName === "TEXTAREA" ? [at.selectionStart, at.selectionEnd] : null,
    around: inside && around ? named(around) : null,
    // Who writes below sees no line move.
    below: !inside && at && at.getBoundingClientRect && at !== document.body ? [at, at.getBoundingClientRect().top] : null,
  };
});

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  local(target);
  name_forms(target);
  if (target.id !== "part" || !kept) return;
  bring_drafts(target);
  for (const one of every(target, DETAILS)) {
    const had = kept.details.find((each) => each.name === named(one));
    if (had) restore(one, had);
  }
  const ours = window === window.top || document.hasFocus(); // beside another pane, the hand may be over there
  if (kept.at && ours) hand_back(target);
  if (kept.below) window.scrollBy(0, kept.below[0].getBoundingClientRect().top - kept.below[1]);
  kept = null;
});

function hand_back(target) {
  const all = every(target, "a[href], button, summary, textarea, select, input:not([type=hidden])");
  const summary = kept.around && every(target, DETAILS).find((one) => named(one) === kept.around);
  let one = all.find((each) => described(each) === kept.at && each.checkVisibility());
  if (!one && summary) one = summary.querySelector("summary");
  if (!one) {
    one = target.querySelector("h1, h2");
    if (one) one.tabIndex = -1;
  }
  if (!one) return;
  one.focus({ preventScroll: true });
  if (kept.marked && one.tagName === "TEXTAREA") one.setSelectionRange(...kept.marked);
}

// ---------------------------------------------------------------- sending

// Whether it is how a reply would look, of one that is not written any more.
function outdated(one) {
  return one.classList.contains("shown") && one.closest(".preview").hidden;
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const one = event.detail.elt;
  if (outdated(one)) event.preventDefault();
  if (!posts(one)) return;
  if (said()) said().textContent = "";
  one.classList.add("sending"); // nothing is written that would not be sent
  for (const field of every(one, "textarea")) field.readOnly = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig.elt, answer = event.detail.xhr;
  if (!posts(form)) return;
  form.classList.remove("sending");
  for (const field of every(form, "textarea")) field.readOnly = false;
  // What was not decided may have arrived: sent again by the same name it is taken once.
  if (!event.detail.successful || Number(answer.getResponseHeader("Halfdoor-Status")) >= 500) return;
  for (const one of every(form, "input[name=ident]")) one.value = "";
  name_forms(form);
  if (answer.getResponseHeader("HX-Retarget")) {
    // Whoever was told that words have changed since may change them all the same.
    if (seen(form)) seen(form).value = "";
    for (const one of written(form)) keep_draft(one);
    return;
  }
  forget_drafts(form);
  form.reset();
  const open = form.closest("details");
  if (open) open.open = false;
});

// What is answered when there is nothing to see any more for whoever looks.
const GONE = ["401", "404"];

// Why something was not taken is said where it was sent from.
function tell(form, text) {
  const words = said(), button = posts(form) && form.querySelector("button[type=submit], button.main");
  if (!words) return;
  if (button) (button.closest(".row") || button).before(words);
  if (text) words.textContent = text;
  if (posts(form)) words.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, requestConfig, xhr } = event.detail;
  if (outdated(elt)) return event.preventDefault();
  if (requestConfig.verb === "get" && GONE.includes(xhr.getResponseHeader("Halfdoor-Status"))) {
    event.preventDefault();
    return left();
  }
  if (event.detail.xhr.getResponseHeader("HX-Retarget") === "#said") tell(event.detail.elt.closest("form") || event.detail.elt, "");
});
for (const error of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(error, (event) => {
    if (posts(event.detail.elt)) tell(event.detail.elt, document.body.dataset.away);
  });
}
document.addEventListener("submit", (event) => {
  if (!event.target.action.endsWith("/leave")) return;
  for (const one of Object.keys(sessionStorage)) if (one.startsWith(`${half}|`)) sessionStorage.removeItem(one);
});

// ---------------------------------------------------------------- looking

// A page that nobody looks at does not watch: browsers keep few connections to one address.
const AGAIN = 5000; // milliseconds
let over = false;

// Whoever may not see a page any more sees it no longer; what they were writing is theirs.
function left() {
  if (over) return;
  over = true;
  if (!every(document, "form").filter(posts).some((one) => written(one).some(begun))) return location.reload();
  part().parentElement.before(said());
  part().replaceChildren();
  said().textContent = document.body.dataset.left;
}

function watch(one) {
  let source = null;
  const look = () => htmx.trigger(part(), "changed");
  const stop = () => {
    if (source) source.close();
    source = null;
  };
  const turn = (again) => {
    if (document.hidden || over) return stop();
    if (source) return;
    source = new EventSource(one.dataset.live);
    source.addEventListener("changed", look);
    source.addEventListener("left", () => {
      stop();
      left();
    });
    source.addEventListener("open", () => document.body.classList.remove("lost"));
    source.addEventListener("error", () => {
      document.body.classList.add("lost");
      if (!source || source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      source = null;
      look(); // it tells whether they may not see it any more, or nobody answers
      setTimeout(() => turn(true), AGAIN);
    });
    if (again) look();
  };
  document.addEventListener("visibilitychange", () => turn(true));
  document.addEventListener("filtered", (event) => {
    one.dataset.live = `${one.dataset.live.split("?")[0]}?${event.detail}`;
    stop();
    turn(false);
  });
  turn(false);
}

// What a list is filtered by stands in its address, and is there again when one comes back to it.
const list = (address) => kept_as("list", address.pathname, address.searchParams.get("project") || "");

function filtered(form) {
  if (form.elements.before) form.elements.before.value = ""; // what is looked for may be newer
  const address = new URL(form.getAttribute("action"), location.href);
  address.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  history.replaceState(null, "", address);
  sessionStorage.setItem(list(address), address.href);
  document.dispatchEvent(new CustomEvent("filtered", { detail: address.searchParams.toString() }));
}

document.addEventListener("DOMContentLoaded", () => {
  if (location.pathname.startsWith("/team/")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone) document.cookie = `zone=${zone}; path=/team/; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  }
  local(document);
  name_forms(document);
  forget_others();
  bring_drafts(document);
  for (const form of every(document, "form.composer")) ways(form);
  for (const one of every(document, "[data-live]")) watch(one);
  for (const one of every(document, "form[role=search]")) one.addEventListener("input", () => filtered(one));
  for (const one of every(document, "a[data-key=u]")) one.href = sessionStorage.getItem(list(new URL(one.href))) || one.href;
});

// ---------------------------------------------------------------- keys

function step(by) {
  const links = every(document, ".board .card > a, .list a"), at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by];
  if (next) next.focus();
}

function escape(field, details) {
  const summary = details && details.querySelector("summary");
  if (field && summary) summary.focus();
  else if (field) field.blur();
  else if (details) details.open = false;
}

function open_with(summary) {
  summary.parentElement.open = true;
  const field = summary.parentElement.querySelector("input:not([type=hidden]), textarea, select");
  (field || summary).focus();
}

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  const field = target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select"), form = target.closest("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && posts(form)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter" && form && form.matches("[role=search]")) {
    event.preventDefault();
    step(1);
  }
  if (event.key === "Escape") return escape(field, target.closest("details"));
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j" || event.key === "k") return step(event.key === "j" ? 1 : -1);
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input[type=radio]")) {
    wanted.click();
    wanted.form.querySelector("textarea").focus();
  } else if (wanted.matches("summary")) {
    open_with(wanted);
  } else if (wanted.matches("a, button")) {
    wanted.click();
  } else {
    wanted.focus();
  }
});
