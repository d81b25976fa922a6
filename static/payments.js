// A page that waits for word of a payment looks by itself, and shows what has come. Details can
// be copied with a press. Without this file the page is read again instead.

const EVERY = 2000;
const AT_MOST = 20000;

const follow = document.querySelector("[data-follow]");
if (follow) {
  let wait = EVERY;
  const look = async () => {
    try {
      const answer = await fetch(follow.dataset.follow, { headers: { Accept: "application/json" } });
      const { state } = await answer.json();
      if (state !== follow.dataset.state) {
        location.reload();
        return;
      }
      wait = EVERY;
    } catch {
      // No network: ask again, ever more seldom.
      wait = Math.min(wait * 2, AT_MOST);
    }
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
  // Whoever comes back to the page from the app, or by the back button, sees what is true at once.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = button.closest(".govuk-summary-list__row").querySelector("[data-copied]");
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent.trim().replaceAll("\u00a0", " "));
    button.firstChild.textContent = button.dataset.done;
  });
}
