// A choice as segments beside each other. The select holds the value; the segments show and set it.

/** @param {HTMLSelectElement} select */
const segmentsOf = (select) => {
  const group = document.createElement("span");
  group.className = "segments";
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-labelledby", select.labels[0].id);
  const inputs = [...select.options].map((option) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    input.name = `${select.id}-segment`;
    input.value = option.value;
    input.setAttribute("form", ""); // the select alone belongs to the form
    const text = document.createElement("span");
    text.textContent = option.textContent;
    label.append(input, text);
    group.append(label);
    input.addEventListener("input", () => {
      select.value = input.value;
    });
    return input;
  });
  select.hidden = true;
  select.after(group);
  return () => {
    for (const input of inputs) input.checked = input.value === select.value;
  };
};

/**
 * Show each select of a form as segments.
 *
 * @param {HTMLFormElement} form
 * @returns {() => void} lets the segments follow
 */
export const addSegments = (form) => {
  const follow = [...form.querySelectorAll("select")].map(segmentsOf);
  return () => {
    for (const each of follow) each();
  };
};
