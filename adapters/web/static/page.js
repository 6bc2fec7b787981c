// What the pages do beside htmx: times in the reader's zone, a new name for each form, keys, and the two ways to write.
"use strict";

function local(root) {
  for (const one of root.querySelectorAll("time[datetime]")) {
    const at = new Date(one.dateTime);
    if (!Number.isNaN(at.getTime())) {
      one.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    }
  }
}

function name_forms(root) {
  for (const one of root.querySelectorAll("input[name=ident]")) {
    if (!one.value) one.value = crypto.randomUUID ? crypto.randomUUID() : String(Date.now()) + Math.random().toString(16).slice(2);
  }
}

function ways(form) {
  const customer = form.querySelector("input[name=to][value=customer]");
  if (!customer) return;
  const show = () => {
    form.classList.toggle("to-customer", customer.checked);
    const button = form.querySelector("button[type=submit]");
    button.textContent = customer.checked ? button.dataset.customer : button.dataset.note;
    const preview = form.querySelector(".preview");
    preview.hidden = !customer.checked;
    preview.querySelector(".preview-text").textContent = form.querySelector("textarea").value;
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("reset", () => setTimeout(show));
  show();
}

function ready(root) {
  local(root);
  name_forms(root);
  for (const form of root.querySelectorAll("form.composer")) ways(form);
}

function watch(one) {
  const source = new EventSource(one.dataset.live);
  source.addEventListener("changed", () => htmx.trigger(document.getElementById("part"), "changed"));
}

document.addEventListener("DOMContentLoaded", () => {
  ready(document);
  for (const one of document.querySelectorAll("[data-live]")) watch(one);
});

// What somebody has opened stays open, with the hand where it was, when the page changes beneath it.
let kept = null;

function named(details) {
  const form = details.querySelector("form"), entry = details.querySelector("input[name=entry]");
  return [details.querySelector("summary").textContent, form && form.getAttribute("action"), entry && entry.value].join("|");
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  kept = null;
  if (part.id !== "part" || event.detail.requestConfig.elt !== part) return;
  const at = document.activeElement, around = at && at.closest("#part details");
  kept = { open: [...part.querySelectorAll("details[open]")].map(named), at: around && named(around), name: at && at.name };
});
document.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.target;
  ready(part);
  if (!kept) return;
  for (const one of part.querySelectorAll("details")) {
    const name = named(one);
    if (kept.open.includes(name)) one.open = true;
    if (kept.at === name && kept.name) {
      const field = one.querySelector(`[name="${CSS.escape(kept.name)}"]`);
      if (field) field.focus();
    }
  }
  kept = null;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.detail.elt;
  const begun = (one) => one.type === "radio" || one.type === "checkbox" ? one.checked !== one.defaultChecked : one.value !== one.defaultValue;
  if (part.id === "part" && [...part.querySelectorAll("textarea, input:not([type=hidden])")].some(begun)) {
    event.preventDefault(); // what somebody is writing is not taken from under their hands
    return;
  }
  const said = document.getElementById("said");
  if (said) said.textContent = "";
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt;
  const retargeted = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Retarget");
  if (form instanceof HTMLFormElement && event.detail.successful && !retargeted) {
    form.reset();
    const open = form.closest("details");
    if (open) open.open = false;
    for (const one of form.querySelectorAll("input[name=ident]")) one.value = "";
    name_forms(form);
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && typing && typing.form) {
    event.preventDefault();
    typing.form.requestSubmit();
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted) return;
  event.preventDefault();
  if (wanted.matches("input[type=radio]")) {
    wanted.click();
    wanted.form.querySelector("textarea").focus();
  } else if (wanted.matches("summary")) {
    wanted.click();
    const field = wanted.parentElement.querySelector("input:not([type=hidden]), textarea, select");
    if (field) field.focus();
  } else if (wanted.matches("a, button")) {
    wanted.click();
  } else {
    wanted.focus();
  }
});
