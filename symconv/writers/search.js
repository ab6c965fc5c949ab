"use strict";
const rows = [...document.querySelectorAll(".entries tbody tr")];
const field = document.createElement("input");
field.type = "search";
field.placeholder = "Search the notes";
field.setAttribute("aria-label", "Search the notes");
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
  }
});
if (rows.length > 1) document.querySelector(".entries").before(field);
