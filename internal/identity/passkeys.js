// Joins the buttons of a form to Kratos's passkey script. Everything else on these pages works without scripts.
for (const el of document.querySelectorAll("[data-onclick]")) {
  el.hidden = false
  el.addEventListener("click", () => window[el.dataset.onclick]?.())
}
for (const el of document.querySelectorAll("[data-onload]")) window[el.dataset.onload]?.()
