"use strict";
for (const figure of document.querySelectorAll("figure.map")) {
  const rows = figure.querySelector(".rows");
  const items = [...rows.querySelectorAll("li")];
  const whole = Number(rows.dataset.rows);
  const picture = figure.querySelector("svg");
  const sheet = picture.querySelector("rect.sheet");
  const side = sheet.width.baseVal.value / Number(rows.dataset.columns);
  const band = document.createElementNS(picture.namespaceURI, "rect");
  band.setAttribute("class", "band");
  band.setAttribute("width", sheet.width.baseVal.value);
  band.setAttribute("height", side);
  picture.append(band);
  const bar = document.createElement("label");
  bar.className = "choose";
  bar.textContent = "Row ";
  const field = document.createElement("input");
  field.type = "number";
  field.min = "0";
  field.max = String(items.length - 1);
  field.value = "0";
  bar.append(field, items.length < whole ? ` of 0 to ${items.length - 1}` : "");
  rows.before(bar);
  rows.classList.add("one");
  rows.open = true;
  const choose = (wanted) => {
    const row = Math.min(items.length - 1, Math.max(0, wanted || 0));
    items.forEach((item, place) => item.classList.toggle("chosen", place === row));
    band.setAttribute("y", row * side);
    return row;
  };
  field.addEventListener("input", () => choose(Number(field.value)));
  picture.addEventListener("click", (event) => {
    const point = new DOMPoint(event.clientX, event.clientY);
    const at = point.matrixTransform(picture.getScreenCTM().inverse());
    if (at.y < whole * side) field.value = String(choose(Math.floor(at.y / side)));
  });
  choose(0);
}
