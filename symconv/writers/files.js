"use strict";
for (const button of document.querySelectorAll("button.packed")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const packed = Uint8Array.from(atob(button.dataset.packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = await new Response(stream).arrayBuffer();
    const link = document.createElement("a");
    link.download = button.dataset.name;
    link.href = URL.createObjectURL(new Blob([bytes], { type: button.dataset.media }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}
