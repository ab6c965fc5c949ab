"use strict";
for (const figure of document.querySelectorAll("figure.slides")) {
  const inputs = [...figure.querySelectorAll(".pick input")];
  const frames = [...figure.querySelectorAll(".frame")];
  let timer = 0;
  const now = () => inputs.findIndex((input) => input.checked);
  const go = (step) => {
    inputs[(step + inputs.length) % inputs.length].checked = true;
    slider.value = String(now());
    slider.setAttribute("aria-valuetext", inputs[now()].parentElement.textContent);
  };
  const bar = document.createElement("div");
  bar.className = "bar";
  const play = document.createElement("button");
  play.type = "button";
  play.textContent = "Play";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = "0";
  slider.max = String(inputs.length - 1);
  slider.value = "0";
  slider.setAttribute("aria-label", "step");
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  play.addEventListener("click", () => {
    if (timer) {
      stop();
      return;
    }
    play.textContent = "Pause";
    timer = setInterval(() => go(now() + 1), 900);
  });
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  for (const input of inputs) input.addEventListener("change", () => go(now()));
  bar.append(play, slider);
  figure.querySelector(".pick").after(bar);
  for (const frame of frames) {
    frame.querySelectorAll(".sum > span").forEach((term, number) => {
      term.className = "term";
      term.tabIndex = 0;
      term.dataset.t = number;
    });
    for (const group of frame.querySelectorAll("g[data-l]")) {
      [...group.children].forEach((cell, number) => (cell.dataset.t = number));
    }
    const linked = [...frame.querySelectorAll("[data-t]")];
    const mark = (name, term, on) => {
      for (const part of linked) {
        if (part.dataset.t === term) part.classList.toggle(name, on);
      }
      frame.classList.toggle("pointed", frame.querySelector(".lit, .pinned") !== null);
    };
    for (const part of linked) {
      const term = part.dataset.t;
      part.addEventListener("pointerenter", () => mark("lit", term, true));
      part.addEventListener("pointerleave", () => mark("lit", term, false));
      part.addEventListener("focus", () => mark("lit", term, true));
      part.addEventListener("blur", () => mark("lit", term, false));
      const pin = () => mark("pinned", term, !part.classList.contains("pinned"));
      part.addEventListener("click", pin);
      part.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault();
          pin();
        }
      });
    }
  }
}
