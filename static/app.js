// The key "/" puts the cursor into the search box, unless the reader is already typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const box = document.querySelector("[data-shortcut='/']");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

// A part of a page that says data-poll is fetched again until it no longer says so.
const poll = (part) => setTimeout(async () => {
  let fresh = null;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    fresh = answer.ok ? page.getElementById(part.id) : null;
    if (fresh) document.title = page.title;
  } catch {
    // The server is away for a moment; the next turn asks again.
  }
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  if (fresh) part.replaceWith(fresh);
  const now = fresh || part;
  if (focused) document.getElementById(focused)?.focus();
  if (now.dataset.poll) poll(now);
}, Number(part.dataset.poll));
document.querySelectorAll("[data-poll][id]").forEach(poll);

// A file that is too large is named before it is sent.
document.addEventListener("change", (event) => {
  const most = Number(event.target.dataset?.most);
  if (!most) return;
  const bytes = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
  event.target.setCustomValidity(bytes > most ? event.target.dataset.tooLarge : "");
  event.target.reportValidity();
});

// What is typed into a form that says data-draft is kept on the server a moment after the last key and when the page is
// left; beside the form stands what the server says of it so far.
const QUIET_MS = 900;
const drafted = (form) => {
  const beside = document.getElementById(form.dataset.draft);
  let timer = 0;
  let asking = null;
  let unsaved = false;
  const content = (step) => {
    const typed = new URLSearchParams(new FormData(form));
    typed.set("step", step);
    return typed;
  };
  const told = (page) => {
    for (const said of page.querySelectorAll("[data-for]")) {
      const place = form.querySelector(`[data-capital="${CSS.escape(said.dataset.for)}"]`);
      if (place) place.textContent = said.textContent;
      said.remove();
    }
    beside.replaceChildren(...page.body.childNodes);
  };
  const keep = async (step) => {
    asking?.abort();
    asking = new AbortController();
    unsaved = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body: content(step), credentials: "same-origin", redirect: "manual", signal: asking.signal });
      if (answer.ok) told(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else beside.textContent = form.dataset.away;
    } catch (error) {
      if (error.name === "AbortError") return;
      unsaved = true;
      beside.textContent = form.dataset.away;
    }
  };
  form.addEventListener("input", () => {
    unsaved = true;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET_MS, "save");
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asking?.abort();
    unsaved = false;
  });
  addEventListener("pagehide", () => {
    if (unsaved) navigator.sendBeacon(form.action, content("save"));
  });
  if (form.elements.namedItem("at")) keep("look");
};
document.querySelectorAll("form[data-draft]").forEach(drafted);

// One box ticks all boxes of a name in its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tick;
  if (!name) return;
  event.target.form.querySelectorAll(`input[type=checkbox][name="${name}"]`).forEach((box) => { box.checked = event.target.checked; });
});

// A button that says data-print prints its page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});
