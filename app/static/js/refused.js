// A part of a page that is refused (409, 422 …) is not swapped: the form stays as it was filled, and says why it was refused.
document.body.addEventListener("htmx:responseError", ({ detail }) => {
  const form = detail.elt.closest?.("form");
  if (!form) return;
  // Its style sheet is of another answer: the browser would complain of it.
  const page = new DOMParser().parseFromString(detail.xhr.responseText.replace(/<style[\s\S]*?<\/style>/g, ""), "text/html");
  const text = (e) => e.textContent.trim();
  const sentences = [...page.querySelectorAll(".refusal > p:not(.actions, .code)")].map(text);
  // What was said of the whole is not said once more of each field.
  const fields = [...page.querySelectorAll(".refusal dt")].map((name) => [text(name), text(name.nextElementSibling)]);
  const said = [...sentences, ...fields.filter(([, why]) => !sentences.includes(why)).map(([name, why]) => `${name}: ${why}`)];
  if (!said.length) return;
  const box = form.querySelector("[data-refused]") || document.createElement("p");
  box.className = "flash danger";
  box.setAttribute("role", "alert");
  box.dataset.refused = "";
  box.textContent = said.join(" ");
  form.prepend(box);
});
