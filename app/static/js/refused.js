// A part of a page that is refused (409, 422 …) is not swapped: the form stays as it was filled, and says why it was refused.
document.body.addEventListener("htmx:responseError", ({ detail }) => {
  const form = detail.elt.closest?.("form");
  if (!form) return;
  const page = new DOMParser().parseFromString(detail.xhr.responseText, "text/html");
  const said = [...page.querySelectorAll(".refusal > p:not(.actions, .code), .refusal dl > *")].map((e) => e.textContent.trim());
  if (!said.length) return;
  const box = form.querySelector("[data-refused]") || document.createElement("p");
  box.className = "flash danger";
  box.setAttribute("role", "alert");
  box.dataset.refused = "";
  box.textContent = said.join(" ");
  form.prepend(box);
});
