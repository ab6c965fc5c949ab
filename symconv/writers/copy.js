"use strict";
for (const pre of document.querySelectorAll(".source pre[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  const name = "Copy " + pre.dataset.copy;
  button.textContent = name;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      button.textContent = "Copied";
    } catch {
      pre.closest("details").open = true;
      getSelection().selectAllChildren(pre);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = name), 1500);
  });
  pre.closest(".source").before(button);
}
