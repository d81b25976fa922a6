// Makes comfortable what already works without it: counters, focus on errors, one press on a button.

import {
  Button,
  CharacterCount,
  ErrorSummary,
  NotificationBanner,
  createAll,
} from "./govuk-frontend.min.js?v=6.6.0";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
createAll(Button);
createAll(CharacterCount);
createAll(ErrorSummary);
createAll(NotificationBanner);

// "Use my position" fills in the coordinates that may also be left out.
for (const place of document.querySelectorAll("[data-place]")) {
  const button = place.querySelector("[data-place-find]");
  const told = place.querySelector("[data-place-told]");
  const [latitude, longitude] = place.querySelectorAll("input[type=hidden]");
  if (!button || !longitude || !("geolocation" in navigator)) continue;
  button.hidden = false;
  button.addEventListener("click", () => {
    told.textContent = told.dataset.waiting;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        latitude.value = coords.latitude.toFixed(5);
        longitude.value = coords.longitude.toFixed(5);
        told.textContent = told.dataset.found
          .replace("{lat}", latitude.value)
          .replace("{lon}", longitude.value);
      },
      () => {
        told.textContent = told.dataset.missing;
      },
      { enableHighAccuracy: true, timeout: 15000 },
    );
  });
}

// A form that only carries a message on to an e-ID posts itself.
document.querySelector("form[data-onwards]")?.submit();
