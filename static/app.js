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
