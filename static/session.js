// Asks before a session runs out, and extends it with one press. Nothing is lost without it either.

const WARNING = 5 * 60 * 1000;
const SHARED = "salem24.session-ends";
const dialog = document.getElementById("session");
const told = document.getElementById("session-told");
const stay = document.getElementById("session-stay");
let ends = Date.parse(dialog.dataset.ends);
let timer;

const clock = (moment) =>
  new Intl.DateTimeFormat(document.documentElement.lang === "en" ? "en-GB" : "sv-SE", {
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "Europe/Stockholm",
  })
    .format(moment)
    .replace(":", document.documentElement.lang === "en" ? ":" : ".");

function say(words) {
  told.textContent = dialog.dataset[words].replace("{time}", clock(ends));
}

function show() {
  const passed = ends <= Date.now();
  const last = ends >= Date.parse(dialog.dataset.latest);
  stay.hidden = passed || last;
  say(passed ? "passed" : last ? "last" : "soon");
  if (!dialog.open) dialog.showModal();
}

// Other tabs of the same session may have been used since: the latest word counts.
function agreed() {
  try {
    const other = JSON.parse(localStorage.getItem(SHARED) || "{}");
    if (other.key === dialog.dataset.key && other.ends > ends) ends = other.ends;
    localStorage.setItem(SHARED, JSON.stringify({ key: dialog.dataset.key, ends }));
  } catch {
    // Without storage, each tab counts for itself.
  }
}

function wait() {
  clearTimeout(timer);
  agreed();
  for (const each of document.querySelectorAll("[data-session-until]")) {
    each.textContent = clock(ends);
  }
  const left = ends - Date.now();
  if (left > WARNING) {
    if (dialog.open) dialog.close();
    timer = setTimeout(wait, Math.min(left - WARNING, 60 * 1000));
    return;
  }
  show();
  if (left > 0) timer = setTimeout(wait, Math.min(left + 500, 15 * 1000));
}

stay.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await fetch(stay.action, {
      method: "POST",
      body: new FormData(stay),
      headers: { Accept: "application/json" },
    });
    if (!answer.ok) throw new Error(answer.status);
    ends = Date.parse((await answer.json()).ends);
    wait();
  } catch {
    say("failed");
  }
});
document.getElementById("session-close").addEventListener("click", () => dialog.close());
document.addEventListener("visibilitychange", () => document.hidden || wait());
addEventListener("storage", (event) => event.key === SHARED && wait());
wait();
