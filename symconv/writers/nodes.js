"use strict";
for (const figure of document.querySelectorAll("figure.graph")) {
  const own = (part) => part.closest("figure.graph") === figure;
  const linked = [...figure.querySelectorAll("[data-n]")].filter(own);
  const light = (number, on) => {
    for (const part of linked) {
      if (part.dataset.n === number) part.classList.toggle("lit", on);
    }
  };
  for (const part of linked) {
    const number = part.dataset.n;
    for (const name of ["pointerenter", "focus"]) {
      part.addEventListener(name, () => light(number, true));
    }
    for (const name of ["pointerleave", "blur"]) {
      part.addEventListener(name, () => light(number, false));
    }
  }
}
