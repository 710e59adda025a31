// What the fronts' pages add when a script may run. Without it every page works all the same.

// Django's token for every request that changes something; the cookie changes when one signs in.
const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get" && token()) detail.headers["X-CSRFToken"] = token();
});

// A request that failed says so where it was made, instead of doing nothing.
for (const failed of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failed, () => {
    const said = document.querySelector("[data-failed]");
    if (said) said.hidden = false;
  });
}

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const said = document.querySelector("[data-failed]");
  if (said && detail.successful) said.hidden = true;
});

// <a data-dialog href>: the page that asks for a yes, shown over this one. Its form is sent as
// any form is, and answers with a page; only its first sight is in the dialog.
async function ask(link) {
  const answer = await fetch(link.href);
  const asked = new DOMParser().parseFromString(await answer.text(), "text/html");
  const step = asked.querySelector("[data-confirm]");
  if (!answer.ok || !step) return location.assign(link.href);
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", step.querySelector("h1").id);
  dialog.append(document.adoptNode(step));
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  for (const back of dialog.querySelectorAll("[data-back]")) {
    back.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  }
  document.body.append(dialog);
  window.htmx?.process(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || !isPlain) return;
  event.preventDefault();
  ask(link).catch(() => location.assign(link.href));
});

// On a phone the tab where one is may lie outside: it is brought into sight.
for (const here of document.querySelectorAll(".tab [aria-current]")) {
  const tabs = here.parentElement;
  tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.clientWidth) / 2;
}

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// "/" leads to the search field, wherever one reads.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.querySelector(".cari input");
  if (event.key !== "/" || typing || !field || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  field.focus();
  field.select();
});
