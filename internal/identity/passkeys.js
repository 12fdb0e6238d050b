// Joins the buttons of a form to Kratos's passkey script. Everything else on these pages works without scripts.
for (const el of document.querySelectorAll("[data-press]")) {
  el.hidden = false
  el.addEventListener("click", () => window[el.dataset.press]?.())
}
for (const el of document.querySelectorAll("[data-start]")) window[el.dataset.start]?.()
